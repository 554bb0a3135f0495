# LEGRADE-CANARY solutions/cross_entropy_backward/mistakes/first-image-only.py
import numpy as np


def cross_entropy_backward(z, y):
    dz = np.zeros(z.shape)
    e = np.exp(z[0] - z[0].max())
    dz[0] = e / e.sum()
    dz[0, y[0]] -= 1
    return dz / len(y)
