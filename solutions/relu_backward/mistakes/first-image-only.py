# LEGRADE-CANARY solutions/relu_backward/mistakes/first-image-only.py
import numpy as np


def relu_backward(dout, x):
    dx = np.zeros_like(x)
    dx[0] = dout[0] * (x[0] > 0)
    return dx
