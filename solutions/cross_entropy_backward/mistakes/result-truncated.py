# LEGRADE-CANARY solutions/cross_entropy_backward/mistakes/result-truncated.py
import numpy as np


def cross_entropy_backward(z, y):
    dz = np.zeros(z.shape, dtype=int)
    for n in range(len(z)):
        e = np.exp(z[n] - z[n].max())
        dz[n] = (e / e.sum() - (np.arange(z.shape[1]) == y[n])) / len(z)
    return dz
