# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/correct/single_precision.py
import numpy as np


def conv2d_1x1_as_dense(x, w, b=None):
    x, w = np.asarray(x, dtype=np.float32), np.asarray(w, dtype=np.float32)
    N, C, H, W = x.shape
    out = np.zeros((N, len(w), H, W), dtype=np.float32)
    for c in range(C):
        out += x[:, c, None] * w[None, :, c]
    if b is not None:
        out += np.asarray(b, dtype=np.float32).reshape(1, -1, 1, 1)
    return out
