# LEGRADE-CANARY solutions/max_pool2d_forward/mistakes/min-instead-of-max.py
import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    kh, kw = pair(kernel_size)
    sh, sw = pair(kernel_size if stride is None else stride)
    ph, pw = pair(padding)
    N, C, H, W = x.shape
    xp = np.full((N, C, H + 2 * ph, W + 2 * pw), np.inf)
    xp[:, :, ph : ph + H, pw : pw + W] = x
    OH = (H + 2 * ph - kh) // sh + 1
    OW = (W + 2 * pw - kw) // sw + 1
    y = np.full((N, C, OH, OW), np.inf)
    for p in range(kh):
        for q in range(kw):
            y = np.minimum(y, xp[:, :, p : p + (OH - 1) * sh + 1 : sh, q : q + (OW - 1) * sw + 1 : sw])
    return y
