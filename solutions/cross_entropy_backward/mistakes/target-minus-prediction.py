# LEGRADE-CANARY solutions/cross_entropy_backward/mistakes/target-minus-prediction.py
import numpy as np


def cross_entropy_backward(z, y):
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return (np.eye(z.shape[1])[y] - p) / len(y)
