# LEGRADE-CANARY solutions/cross_entropy/correct/single_precision.py
import numpy as np


def cross_entropy(z, y):
    z = z.astype(np.float32)
    z = z - np.amax(z, axis=1, keepdims=True)
    lse = np.log(np.einsum("nk->n", np.exp(z)))
    return np.mean(lse - z[np.arange(z.shape[0]), y])
