# LEGRADE-CANARY solutions/im2col/mistakes/stride-ignored.py
# needs: stride
import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def im2col(x, kernel_size, stride=1, padding=0):
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = xp.shape
    OH, OW = H - kh + 1, W - kw + 1
    cols = np.zeros((N, C, kh, kw, OH, OW))
    for p in range(kh):
        for q in range(kw):
            cols[:, :, p, q] = xp[:, :, p : p + OH, q : q + OW]
    return cols.reshape(N, C * kh * kw, OH * OW)
