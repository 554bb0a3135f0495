# LEGRADE-CANARY solutions/cross_entropy/correct/log_add_exp.py
import numpy as np


def cross_entropy(z, y):
    return np.mean(np.logaddexp.reduce(z, axis=1) - np.take_along_axis(z, y[:, None], axis=1)[:, 0])
