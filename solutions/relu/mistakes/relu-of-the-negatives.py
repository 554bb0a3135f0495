# LEGRADE-CANARY solutions/relu/mistakes/relu-of-the-negatives.py
import numpy as np


def relu(x):
    return np.where(x > 0, 0, x)
