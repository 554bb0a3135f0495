# LEGRADE-CANARY solutions/cross_entropy_backward/correct/subtracted_at.py
import numpy as np


def cross_entropy_backward(z, y):
    z = np.array(z, dtype=float)
    z -= np.max(z, axis=-1)[:, np.newaxis]
    scale = 1.0 / z.shape[0]
    dz = np.exp(z) * (scale / np.einsum("nk->n", np.exp(z)))[:, np.newaxis]
    np.subtract.at(dz, (np.arange(z.shape[0]), y), scale)
    return dz
