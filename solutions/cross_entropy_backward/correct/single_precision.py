# LEGRADE-CANARY solutions/cross_entropy_backward/correct/single_precision.py
import numpy as np


def cross_entropy_backward(z, y):
    z = z.astype(np.float32)
    e = np.exp(z.T - np.amax(z, axis=1))
    dz = (e / e.sum(axis=0)).T
    dz -= (y[:, None] == np.arange(z.shape[1])).astype(np.float32)
    return dz / np.float32(z.shape[0])
