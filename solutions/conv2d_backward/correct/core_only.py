# LEGRADE-CANARY solutions/conv2d_backward/correct/core_only.py
# features: none
import numpy as np


def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    KH, KW = w.shape[2:]
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d = dout[:, :, i, j]  # (N, F)
            dx[:, :, i : i + KH, j : j + KW] += np.tensordot(d, w, axes=(1, 0))
            dw += np.tensordot(d, x[:, :, i : i + KH, j : j + KW], axes=(0, 0))
    return dx, dw, None
