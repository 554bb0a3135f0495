# LEGRADE-CANARY solutions/cross_entropy/mistakes/softmax-before-loss.py
import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(z, y):
    p = softmax(softmax(z))
    return -np.log(p[np.arange(len(y)), y]).mean()
