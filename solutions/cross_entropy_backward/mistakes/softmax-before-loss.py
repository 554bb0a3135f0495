# LEGRADE-CANARY solutions/cross_entropy_backward/mistakes/softmax-before-loss.py
import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy_backward(z, y):
    p = softmax(softmax(z))
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
