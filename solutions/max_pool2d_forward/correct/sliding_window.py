# LEGRADE-CANARY solutions/max_pool2d_forward/correct/sliding_window.py
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    kernel = tuple(np.broadcast_to(kernel_size, 2).tolist())
    sh, sw = np.broadcast_to(kernel if stride is None else stride, 2).tolist()
    ph, pw = np.broadcast_to(padding, 2).tolist()
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    return sliding_window_view(x, kernel, axis=(2, 3))[:, :, ::sh, ::sw].max(axis=(-2, -1))
