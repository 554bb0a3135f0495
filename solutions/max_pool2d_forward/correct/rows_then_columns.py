# LEGRADE-CANARY solutions/max_pool2d_forward/correct/rows_then_columns.py
import numpy as np


def along(x, k, s, p):
    """Take the maximum of every window along the last axis."""
    edge = np.full((*x.shape[:-1], p), -np.inf)
    x = np.concatenate([edge, x, edge], axis=-1)
    starts = range(0, x.shape[-1] - k + 1, s)
    return np.stack([x[..., i : i + k].max(axis=-1) for i in starts], axis=-1)


def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    kh, kw = (kernel_size, kernel_size) if np.isscalar(kernel_size) else kernel_size
    stride = kernel_size if stride is None else stride
    sh, sw = (stride, stride) if np.isscalar(stride) else stride
    ph, pw = (padding, padding) if np.isscalar(padding) else padding
    columns = along(x, kw, sw, pw)
    return along(columns.swapaxes(2, 3), kh, sh, ph).swapaxes(2, 3)
