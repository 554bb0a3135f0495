# LEGRADE-CANARY solutions/relu/mistakes/large-entries-cut-off.py
import numpy as np


def relu(x):
    return np.clip(x, 0, 1)
