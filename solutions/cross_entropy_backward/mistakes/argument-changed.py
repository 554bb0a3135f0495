# LEGRADE-CANARY solutions/cross_entropy_backward/mistakes/argument-changed.py
import numpy as np


def cross_entropy_backward(z, y):
    z -= z.max(axis=1, keepdims=True)
    p = np.exp(z)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
