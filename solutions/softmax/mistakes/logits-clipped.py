# LEGRADE-CANARY solutions/softmax/mistakes/logits-clipped.py
import numpy as np


def softmax(z):
    e = np.exp(np.clip(z, -50, 50))
    return e / e.sum(axis=1, keepdims=True)
