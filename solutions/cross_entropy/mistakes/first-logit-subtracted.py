# LEGRADE-CANARY solutions/cross_entropy/mistakes/first-logit-subtracted.py
import numpy as np


def cross_entropy(z, y):
    z = z - z[:, :1]
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean()
