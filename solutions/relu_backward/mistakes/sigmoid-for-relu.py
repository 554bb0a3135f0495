# LEGRADE-CANARY solutions/relu_backward/mistakes/sigmoid-for-relu.py
import numpy as np


def relu_backward(dout, x):
    y = 1 / (1 + np.exp(-x))
    return dout * y * (1 - y)
