# LEGRADE-CANARY solutions/relu/mistakes/result-truncated.py
import numpy as np


def relu(x):
    out = np.zeros(x.shape, dtype=int)
    out[x > 0] = x[x > 0]
    return out
