# LEGRADE-CANARY solutions/softmax/mistakes/softmax-sign-turned.py
import numpy as np


def softmax(z):
    e = np.exp(-(z - z.min(axis=1, keepdims=True)))
    return e / e.sum(axis=1, keepdims=True)
