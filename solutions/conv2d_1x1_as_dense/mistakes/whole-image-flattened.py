# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/mistakes/whole-image-flattened.py
import numpy as np


def conv2d_1x1_as_dense(x, w, b=None):
    N, C, H, W = x.shape
    F = len(w)
    weights = w[:, :, 0, 0]
    vectors = x.reshape(N, C * H * W)
    out = vectors @ np.repeat(weights, H * W, axis=1).T
    if b is not None:
        out = out + b
    return out.reshape(N, F, 1, 1)
