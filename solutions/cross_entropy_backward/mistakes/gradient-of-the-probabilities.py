# LEGRADE-CANARY solutions/cross_entropy_backward/mistakes/gradient-of-the-probabilities.py
import numpy as np


def cross_entropy_backward(z, y):
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    dp = np.zeros_like(p)
    rows = np.arange(len(y))
    dp[rows, y] = -1 / p[rows, y]
    return dp / len(y)
