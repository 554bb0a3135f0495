"""A convolution whose position never moves on: an endless loop in the call."""

import numpy as np


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    n, c, h, width = x.shape
    filters, _, kh, kw = w.shape
    out = np.zeros((n, filters, h - kh + 1, width - kw + 1))
    row = 0
    while row < out.shape[2]:
        for col in range(out.shape[3]):
            out[:, :, row, col] = np.einsum("nchw,fchw->nf", x[:, :, row : row + kh, col : col + kw], w)
    return out
