# LEGRADE-CANARY solutions/im2col/mistakes/kernel-cut-short.py
import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def im2col(x, kernel_size, stride=1, padding=0):
    (kh, kw), (sh, sw), (ph, pw) = pair(kernel_size), pair(stride), pair(padding)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = xp.shape
    OH, OW = (H - kh) // sh + 1, (W - kw) // sw + 1
    cols = np.zeros((N, C, kh, kw, OH, OW))
    for p in range(kh - 1):
        for q in range(kw - 1):
            cols[:, :, p, q] = xp[:, :, p : p + (OH - 1) * sh + 1 : sh, q : q + (OW - 1) * sw + 1 : sw]
    return cols.reshape(N, C * kh * kw, OH * OW)
