# LEGRADE-CANARY solutions/cross_entropy/mistakes/overflow-unnoticed.py
import numpy as np


def cross_entropy(z, y):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean()
