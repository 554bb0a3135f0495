# LEGRADE-CANARY solutions/cross_entropy/mistakes/squared-error-for-classes.py
import numpy as np


def cross_entropy(z, y):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return ((p - np.eye(z.shape[1])[y]) ** 2).sum(axis=1).mean()
