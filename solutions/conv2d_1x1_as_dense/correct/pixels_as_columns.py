# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/correct/pixels_as_columns.py
import numpy as np


def conv2d_1x1_as_dense(x, w, b=None):
    N, C, H, W = x.shape
    F = w.shape[0]
    columns = np.swapaxes(x, 0, 1).reshape(C, N * H * W)
    out = w[:, :, 0, 0] @ columns
    if b is not None:
        out += b[:, np.newaxis]
    return np.swapaxes(out.reshape(F, N, H, W), 0, 1)
