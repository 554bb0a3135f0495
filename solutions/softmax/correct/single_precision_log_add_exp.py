# LEGRADE-CANARY solutions/softmax/correct/single_precision_log_add_exp.py
import numpy as np


def softmax(z):
    z = z.astype(np.float32)
    return np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))
