# LEGRADE-CANARY solutions/max_pool2d_backward/correct/shared_ties.py
import numpy as np


def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    H, W = x.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    dxp = np.zeros(xp.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            at = np.s_[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            largest = xp[at] == xp[at].max(axis=(2, 3), keepdims=True)
            share = largest / largest.sum(axis=(2, 3), keepdims=True)
            dxp[at] += share * dout[:, :, i : i + 1, j : j + 1]
    return dxp[:, :, ph : ph + H, pw : pw + W]
