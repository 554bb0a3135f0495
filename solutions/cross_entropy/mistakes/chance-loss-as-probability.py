# LEGRADE-CANARY solutions/cross_entropy/mistakes/chance-loss-as-probability.py
import numpy as np


def cross_entropy(z, y):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p[np.arange(len(y)), y].mean()
