# LEGRADE-CANARY solutions/cross_entropy_backward/mistakes/true-class-only.py
import numpy as np


def cross_entropy_backward(z, y):
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    dz = np.zeros_like(p)
    rows = np.arange(len(y))
    dz[rows, y] = p[rows, y] - 1
    return dz / len(y)
