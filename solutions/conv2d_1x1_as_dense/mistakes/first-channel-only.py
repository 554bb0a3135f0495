# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/mistakes/first-channel-only.py
import numpy as np


def conv2d_1x1_as_dense(x, w, b=None):
    N, C, H, W = x.shape
    F = len(w)
    weights = w[:, :, 0, 0]
    out = np.zeros((N, F, H * W))
    for n in range(N):
        image = x[n].reshape(C, H * W)
        out[n] = weights[:, :1] @ image[:1]
        if b is not None:
            out[n] += b[:, None]
    return out.reshape(N, F, H, W)
