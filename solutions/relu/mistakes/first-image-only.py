# LEGRADE-CANARY solutions/relu/mistakes/first-image-only.py
import numpy as np


def relu(x):
    out = np.zeros_like(x)
    out[0] = np.maximum(x[0], 0)
    return out
