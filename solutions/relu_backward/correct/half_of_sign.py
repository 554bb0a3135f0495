# LEGRADE-CANARY solutions/relu_backward/correct/half_of_sign.py
import numpy as np


def relu_backward(dout, x):
    return (dout + dout * np.sign(x)) / 2
