# LEGRADE-CANARY solutions/relu/correct/single_precision.py
import numpy as np


def relu(x):
    x = np.asarray(x, dtype=np.float32)
    y = np.zeros_like(x)
    np.copyto(y, x, where=x > 0)
    return y
