# LEGRADE-CANARY solutions/cross_entropy/mistakes/every-label-for-every-image.py
import numpy as np


def cross_entropy(z, y):
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -log_p[:, y].mean()
