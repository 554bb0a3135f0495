# LEGRADE-CANARY solutions/softmax/mistakes/magnitude-subtracted.py
import numpy as np


def softmax(z):
    e = np.exp(z - np.abs(z).max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
