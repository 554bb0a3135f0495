# LEGRADE-CANARY solutions/relu_backward/mistakes/values-instead-of-gradients.py
import numpy as np


def relu_backward(dout, x):
    return np.maximum(x, 0)
