# LEGRADE-CANARY solutions/relu/mistakes/magnitude-instead-of-relu.py
import numpy as np


def relu(x):
    return np.abs(x)
