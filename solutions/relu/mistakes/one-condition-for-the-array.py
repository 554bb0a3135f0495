# LEGRADE-CANARY solutions/relu/mistakes/one-condition-for-the-array.py
import numpy as np


def relu(x):
    if (x > 0).any():
        return x
    return np.zeros_like(x)
