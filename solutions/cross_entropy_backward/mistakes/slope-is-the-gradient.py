# LEGRADE-CANARY solutions/cross_entropy_backward/mistakes/slope-is-the-gradient.py
import numpy as np


def cross_entropy_backward(z, y):
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    own = p[np.arange(len(y)), y][:, None]
    return own * (np.eye(z.shape[1])[y] - p) / len(y)
