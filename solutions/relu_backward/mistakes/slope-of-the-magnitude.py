# LEGRADE-CANARY solutions/relu_backward/mistakes/slope-of-the-magnitude.py
import numpy as np


def relu_backward(dout, x):
    return dout * np.sign(x)
