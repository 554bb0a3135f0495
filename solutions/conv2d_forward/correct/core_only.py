# LEGRADE-CANARY solutions/conv2d_forward/correct/core_only.py
# features: none
import numpy as np


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    out = np.empty((N, F, H - KH + 1, W - KW + 1))
    for i in range(H - KH + 1):
        for j in range(W - KW + 1):
            out[:, :, i, j] = np.tensordot(x[:, :, i : i + KH, j : j + KW], w, axes=((1, 2, 3), (1, 2, 3)))
    return out
