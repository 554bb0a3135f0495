# LEGRADE-CANARY solutions/max_pool2d_backward/correct/scatter.py
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    kh, kw = np.broadcast_to(kernel_size, 2).tolist()
    sh, sw = np.broadcast_to(kernel_size if stride is None else stride, 2).tolist()
    ph, pw = np.broadcast_to(padding, 2).tolist()
    N, C, H, W = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    windows = sliding_window_view(xp, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    best = windows.reshape(*windows.shape[:4], kh * kw).argmax(axis=-1)
    n, c, i, j = np.indices(best.shape)
    dxp = np.zeros(xp.shape)
    np.add.at(dxp, (n, c, i * sh + best // kw, j * sw + best % kw), dout)
    return dxp[:, :, ph : ph + H, pw : pw + W]
