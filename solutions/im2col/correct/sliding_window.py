# LEGRADE-CANARY solutions/im2col/correct/sliding_window.py
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def im2col(x, kernel_size, stride=1, padding=0):
    kernel = tuple(np.broadcast_to(kernel_size, 2).tolist())
    sh, sw = np.broadcast_to(stride, 2).tolist()
    ph, pw = np.broadcast_to(padding, 2).tolist()
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = sliding_window_view(x, kernel, axis=(2, 3))[:, :, ::sh, ::sw]
    windows = np.moveaxis(windows, (4, 5), (2, 3))
    return windows.reshape(len(x), x.shape[1] * kernel[0] * kernel[1], -1)
