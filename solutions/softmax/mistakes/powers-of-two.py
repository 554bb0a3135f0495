# LEGRADE-CANARY solutions/softmax/mistakes/powers-of-two.py
import numpy as np


def softmax(z):
    e = np.exp2(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
