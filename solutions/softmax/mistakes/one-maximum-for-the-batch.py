# LEGRADE-CANARY solutions/softmax/mistakes/one-maximum-for-the-batch.py
import numpy as np


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=1, keepdims=True)
