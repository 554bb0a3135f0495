# LEGRADE-CANARY solutions/cross_entropy/correct/trace.py
import numpy as np


def cross_entropy(z, y):
    lse = np.log(np.exp(z.T - z.max(axis=1)).sum(axis=0)) + z.max(axis=1)
    return (lse.sum() - np.trace(z[:, y])) / y.size
