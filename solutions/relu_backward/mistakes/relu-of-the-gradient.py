# LEGRADE-CANARY solutions/relu_backward/mistakes/relu-of-the-gradient.py
import numpy as np


def relu_backward(dout, x):
    return np.maximum(dout, 0)
