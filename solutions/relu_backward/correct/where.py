# LEGRADE-CANARY solutions/relu_backward/correct/where.py
import numpy as np


def relu_backward(dout, x):
    return np.where(x >= 0, dout, 0)
