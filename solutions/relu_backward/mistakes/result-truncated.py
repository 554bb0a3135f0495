# LEGRADE-CANARY solutions/relu_backward/mistakes/result-truncated.py
import numpy as np


def relu_backward(dout, x):
    dx = np.zeros(x.shape, dtype=int)
    dx[x > 0] = dout[x > 0]
    return dx
