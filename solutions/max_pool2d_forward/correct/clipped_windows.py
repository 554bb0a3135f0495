# LEGRADE-CANARY solutions/max_pool2d_forward/correct/clipped_windows.py
import numpy as np


def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    stride = stride or kernel_size
    kh, kw = np.broadcast_to(kernel_size, 2)
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    N, C, H, W = x.shape
    OH = (H + 2 * ph - kh) // sh + 1
    OW = (W + 2 * pw - kw) // sw + 1
    out = np.zeros((N, C, OH, OW))
    for i in range(OH):
        for j in range(OW):
            top, left = i * sh - ph, j * sw - pw
            window = x[:, :, max(top, 0) : top + kh, max(left, 0) : left + kw]
            out[:, :, i, j] = window.reshape(N, C, -1).max(axis=-1)
    return out
