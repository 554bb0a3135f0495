# LEGRADE-CANARY solutions/max_pool2d_backward/correct/rows_then_columns.py
import numpy as np


def forward(x, k, s, p):
    """Take the maximum of every window along the last axis, and where it was."""
    edge = np.full((*x.shape[:-1], p), -np.inf)
    x = np.concatenate([edge, x, edge], axis=-1)
    starts = range(0, x.shape[-1] - k + 1, s)
    best = np.stack([i + x[..., i : i + k].argmax(axis=-1) for i in starts], axis=-1)
    return np.take_along_axis(x, best, axis=-1), best


def backward(d, best, size, p):
    """Send a gradient back along the last axis."""
    dx = np.zeros((*d.shape[:-1], size + 2 * p))
    for i in range(d.shape[-1]):
        place = best[..., i : i + 1]
        np.put_along_axis(dx, place, np.take_along_axis(dx, place, axis=-1) + d[..., i : i + 1], axis=-1)
    return dx[..., p : p + size]


def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    kh, kw = (kernel_size, kernel_size) if np.isscalar(kernel_size) else kernel_size
    stride = kernel_size if stride is None else stride
    sh, sw = (stride, stride) if np.isscalar(stride) else stride
    ph, pw = (padding, padding) if np.isscalar(padding) else padding
    along_rows, columns = forward(x, kw, sw, pw)
    _, rows = forward(along_rows.swapaxes(2, 3), kh, sh, ph)
    d = backward(dout.swapaxes(2, 3), rows, x.shape[2], ph).swapaxes(2, 3)
    return backward(d, columns, x.shape[3], pw)
