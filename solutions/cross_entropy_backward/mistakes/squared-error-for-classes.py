# LEGRADE-CANARY solutions/cross_entropy_backward/mistakes/squared-error-for-classes.py
import numpy as np


def cross_entropy_backward(z, y):
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    dp = 2 * (p - np.eye(z.shape[1])[y])
    return p * (dp - (dp * p).sum(axis=1, keepdims=True)) / len(y)
