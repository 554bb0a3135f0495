# LEGRADE-CANARY solutions/cross_entropy/mistakes/shift-not-undone.py
import numpy as np


def cross_entropy(z, y):
    m = z.max(axis=1, keepdims=True)
    lse = np.log(np.exp(z - m).sum(axis=1))
    return (lse - z[np.arange(len(y)), y]).mean()
