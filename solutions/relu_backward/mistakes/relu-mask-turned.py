# LEGRADE-CANARY solutions/relu_backward/mistakes/relu-mask-turned.py
import numpy as np


def relu_backward(dout, x):
    return np.where(x > 0, 0, dout)
