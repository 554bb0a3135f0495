# LEGRADE-CANARY solutions/avg_pool2d_forward/correct/nan_padded.py
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    kernel = (kernel_size, kernel_size) if np.isscalar(kernel_size) else tuple(kernel_size)
    sh, sw = kernel if stride is None else (stride, stride) if np.isscalar(stride) else stride
    ph, pw = (padding, padding) if np.isscalar(padding) else padding
    fill = 0.0 if count_include_pad else np.nan
    x = np.pad(x.astype(np.float64), ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=fill)
    windows = sliding_window_view(x, kernel, axis=(2, 3))[:, :, ::sh, ::sw]
    return np.nanmean(windows, axis=(-2, -1))
