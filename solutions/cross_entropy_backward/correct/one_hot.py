# LEGRADE-CANARY solutions/cross_entropy_backward/correct/one_hot.py
import numpy as np


def cross_entropy_backward(z, y):
    N, K = z.shape
    log_p = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
    return (np.exp(log_p) - np.eye(K)[y]) / N
