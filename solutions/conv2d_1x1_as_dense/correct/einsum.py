# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/correct/einsum.py
import numpy as np


def conv2d_1x1_as_dense(x, w, b=None):
    bias = np.zeros(len(w)) if b is None else b
    return np.einsum("nchw,fcij->nfhw", x, w) + bias[:, None, None]
