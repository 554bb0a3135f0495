# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/mistakes/first-filter-only.py
import numpy as np


def conv2d_1x1_as_dense(x, w, b=None):
    N, C, H, W = x.shape
    F = 1
    weights = w[:1, :, 0, 0]
    out = np.zeros((N, F, H * W))
    for n in range(N):
        image = x[n].reshape(C, H * W)
        out[n] = weights @ image
        if b is not None:
            out[n] += b[0]
    return out.reshape(N, F, H, W)
