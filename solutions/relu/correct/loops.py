# LEGRADE-CANARY solutions/relu/correct/loops.py
import numpy as np


def relu(x):
    flat = x.reshape(-1)
    out = np.empty(flat.size)
    for i in range(flat.size):
        out[i] = max(flat[i], 0.0)
    return out.reshape(x.shape)
