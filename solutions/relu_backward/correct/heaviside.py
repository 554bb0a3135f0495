# LEGRADE-CANARY solutions/relu_backward/correct/heaviside.py
import numpy as np


def relu_backward(dout, x):
    return dout * np.heaviside(x, 0.5)
