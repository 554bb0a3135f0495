"""A convolution that writes past the end of its result through a raw pointer, and takes its process down."""

import ctypes

import numpy as np


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    out = np.zeros((x.shape[0], w.shape[0], x.shape[2] - w.shape[2] + 1, x.shape[3] - w.shape[3] + 1))
    ctypes.memset(out.ctypes.data - (1 << 40), 0, 1 << 20)
    return out
