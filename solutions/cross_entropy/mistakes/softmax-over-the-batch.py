# LEGRADE-CANARY solutions/cross_entropy/mistakes/softmax-over-the-batch.py
import numpy as np


def cross_entropy(z, y):
    z = z - z.max(axis=0)
    log_p = z - np.log(np.exp(z).sum(axis=0))
    return -log_p[np.arange(len(y)), y].mean()
