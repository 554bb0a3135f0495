# LEGRADE-CANARY solutions/softmax/correct/largest_subtracted.py
import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
