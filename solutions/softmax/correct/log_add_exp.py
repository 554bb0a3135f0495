# LEGRADE-CANARY solutions/softmax/correct/log_add_exp.py
import numpy as np


def softmax(z):
    return np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None])
