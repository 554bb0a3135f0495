# LEGRADE-CANARY solutions/relu_backward/correct/loops.py
import numpy as np


def relu_backward(dout, x):
    dx = np.zeros(x.size)
    upstream = dout.reshape(-1)
    for i, value in enumerate(x.reshape(-1)):
        if value > 0:
            dx[i] = upstream[i]
    return dx.reshape(x.shape)
