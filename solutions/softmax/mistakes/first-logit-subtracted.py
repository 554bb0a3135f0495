# LEGRADE-CANARY solutions/softmax/mistakes/first-logit-subtracted.py
import numpy as np


def softmax(z):
    e = np.exp(z - z[:, :1])
    return e / e.sum(axis=1, keepdims=True)
