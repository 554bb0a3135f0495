# LEGRADE-CANARY solutions/cross_entropy/mistakes/logarithm-to-base-ten.py
import numpy as np


def cross_entropy(z, y):
    z = z - z.max(axis=1, keepdims=True)
    log_p = (z - np.log(np.exp(z).sum(axis=1, keepdims=True))) / np.log(10)
    return -log_p[np.arange(len(y)), y].mean()
