# LEGRADE-CANARY solutions/avg_pool2d_forward/correct/clipped_windows.py
import numpy as np


def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    stride = stride or kernel_size
    kh, kw = np.broadcast_to(kernel_size, 2)
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    OH = (x.shape[2] + 2 * ph - kh) // sh + 1
    OW = (x.shape[3] + 2 * pw - kw) // sw + 1
    out = np.empty((*x.shape[:2], OH, OW))
    for i, j in np.ndindex(OH, OW):
        top, left = i * sh - ph, j * sw - pw
        window = x[:, :, max(top, 0) : top + kh, max(left, 0) : left + kw]
        mean = window.mean(axis=(2, 3))
        if count_include_pad:
            mean = mean * (window.shape[2] * window.shape[3]) / (kh * kw)
        out[:, :, i, j] = mean
    return out
