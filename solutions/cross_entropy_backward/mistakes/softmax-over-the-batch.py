# LEGRADE-CANARY solutions/cross_entropy_backward/mistakes/softmax-over-the-batch.py
import numpy as np


def cross_entropy_backward(z, y):
    p = np.exp(z - z.max(axis=0))
    p /= p.sum(axis=0)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
