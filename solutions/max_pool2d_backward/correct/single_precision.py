# LEGRADE-CANARY solutions/max_pool2d_backward/correct/single_precision.py
import numpy as np


def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    kernel = np.ones(2, dtype=int) * kernel_size
    stride = kernel if stride is None else np.ones(2, dtype=int) * stride
    pad = np.ones(2, dtype=int) * padding
    x, dout = np.asarray(x, dtype=np.float32), np.asarray(dout, dtype=np.float32)
    xp = np.pad(x, ((0, 0), (0, 0), (pad[0], pad[0]), (pad[1], pad[1])), constant_values=np.nan)
    dx = np.zeros(xp.shape, dtype=np.float32)
    for n, c, i, j in np.ndindex(*dout.shape):
        (top, left), (bottom, right) = stride * (i, j), stride * (i, j) + kernel
        window = xp[n, c, top:bottom, left:right]
        p, q = np.unravel_index(np.nanargmax(window), window.shape)
        dx[n, c, top + p, left + q] += dout[n, c, i, j]
    return dx[:, :, pad[0] : pad[0] + x.shape[2], pad[1] : pad[1] + x.shape[3]]
