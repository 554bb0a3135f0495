# LEGRADE-CANARY solutions/relu_backward/correct/single_precision.py
import numpy as np


def relu_backward(dout, x):
    out = np.maximum(x.astype(np.float32), 0)
    dx = np.zeros(out.shape, dtype=np.float32)
    np.copyto(dx, dout, where=out != 0, casting="same_kind")
    return dx
