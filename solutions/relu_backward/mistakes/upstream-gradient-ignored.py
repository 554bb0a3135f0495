# LEGRADE-CANARY solutions/relu_backward/mistakes/upstream-gradient-ignored.py
import numpy as np


def relu_backward(dout, x):
    return np.where(x > 0, 1.0, 0.0)
