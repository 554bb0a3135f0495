# LEGRADE-CANARY solutions/cross_entropy_backward/mistakes/first-logit-subtracted.py
import numpy as np


def cross_entropy_backward(z, y):
    p = np.exp(z - z[:, :1])
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
