# LEGRADE-CANARY solutions/relu_backward/mistakes/one-condition-for-the-array.py
import numpy as np


def relu_backward(dout, x):
    if (x > 0).any():
        return dout
    return np.zeros_like(dout)
