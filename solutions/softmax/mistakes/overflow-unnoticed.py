# LEGRADE-CANARY solutions/softmax/mistakes/overflow-unnoticed.py
import numpy as np


def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)
