# LEGRADE-CANARY solutions/relu/mistakes/leaky-relu-instead-of-relu.py
import numpy as np


def relu(x):
    return np.where(x > 0, x, 0.01 * x)
