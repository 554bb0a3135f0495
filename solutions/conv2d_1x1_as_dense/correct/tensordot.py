# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/correct/tensordot.py
import numpy as np


def conv2d_1x1_as_dense(x, w, b=None):
    out = np.tensordot(w, x, axes=([1], [1])).squeeze((1, 2)).swapaxes(0, 1)
    return out if b is None else out + b[None, :, None, None]
