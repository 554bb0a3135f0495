# LEGRADE-CANARY solutions/softmax/mistakes/softmax-over-maximum.py
import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.max(axis=1, keepdims=True)
