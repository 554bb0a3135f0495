# LEGRADE-CANARY solutions/cross_entropy_backward/mistakes/sigmoid-instead-of-softmax.py
import numpy as np


def cross_entropy_backward(z, y):
    p = 1 / (1 + np.exp(-z))
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
