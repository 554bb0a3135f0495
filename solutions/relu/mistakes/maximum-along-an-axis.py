# LEGRADE-CANARY solutions/relu/mistakes/maximum-along-an-axis.py
import numpy as np


def relu(x):
    return np.max(x, 0)
