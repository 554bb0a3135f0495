# LEGRADE-CANARY solutions/im2col/correct/as_strided.py
import numpy as np


def im2col(x, kernel_size, stride=1, padding=0):
    def as_pair(v):
        return (v, v) if np.isscalar(v) else v

    kh, kw = as_pair(kernel_size)
    sh, sw = as_pair(stride)
    ph, pw = as_pair(padding)
    x = np.ascontiguousarray(np.pad(x, [(0, 0), (0, 0), (ph, ph), (pw, pw)]))
    N, C, H, W = x.shape
    shape = (N, C, kh, kw, 1 + (H - kh) // sh, 1 + (W - kw) // sw)
    n, c, h, w = x.strides
    windows = np.lib.stride_tricks.as_strided(x, shape, (n, c, h, w, h * sh, w * sw), writeable=False)
    return windows.reshape(N, C * kh * kw, shape[4] * shape[5])
