# LEGRADE-CANARY solutions/relu_backward/mistakes/leaky-relu-instead-of-relu.py
import numpy as np


def relu_backward(dout, x):
    return dout * np.where(x > 0, 1, 0.01)
