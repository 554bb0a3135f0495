# LEGRADE-CANARY solutions/conv2d_forward/correct/without_groups.py
# features: bias, padding, stride
import numpy as np


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    N, C, H, W = x.shape
    F, C, KH, KW = w.shape
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    OH = (H - KH + 2 * padding) // stride + 1
    OW = (W - KW + 2 * padding) // stride + 1
    out = np.zeros((N, F, OH, OW))
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    window = x[n, :, i * stride : i * stride + KH, j * stride : j * stride + KW]
                    out[n, f, i, j] = (window * w[f]).sum()
                    if b is not None:
                        out[n, f, i, j] += b[f]
    return out
