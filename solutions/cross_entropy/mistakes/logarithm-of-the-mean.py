# LEGRADE-CANARY solutions/cross_entropy/mistakes/logarithm-of-the-mean.py
import numpy as np


def cross_entropy(z, y):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y].mean())
