# LEGRADE-CANARY solutions/max_pool2d_backward/correct/last_of_equals.py
import numpy as np


def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    stride = stride or kernel_size
    kh, kw = np.broadcast_to(kernel_size, 2)
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    H, W = x.shape[2:]
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = max(i * sh - ph, 0), max(j * sw - pw, 0)
        bottom, right = min(i * sh - ph + kh, H), min(j * sw - pw + kw, W)
        window = x[n, c, top:bottom, left:right]
        r, s = np.argwhere(window == window.max())[-1]
        dx[n, c, top + r, left + s] += dout[n, c, i, j]
    return dx
