# LEGRADE-CANARY solutions/cross_entropy/mistakes/loss-averaged-over-classes.py
import numpy as np


def cross_entropy(z, y):
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    target = np.eye(z.shape[1])[y]
    return -np.mean(target * log_p)
