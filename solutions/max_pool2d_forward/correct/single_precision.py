# LEGRADE-CANARY solutions/max_pool2d_forward/correct/single_precision.py
import numpy as np


def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    kernel = np.ones(2, dtype=int) * kernel_size
    stride = kernel if stride is None else np.ones(2, dtype=int) * stride
    pad = np.ones(2, dtype=int) * padding
    x = np.pad(
        x.astype(np.float32), ((0, 0), (0, 0), (pad[0], pad[0]), (pad[1], pad[1])), constant_values=np.nan
    )
    size = (np.array(x.shape[2:]) - kernel) // stride + 1
    out = np.zeros((*x.shape[:2], *size), dtype=np.float32)
    for i, j in np.ndindex(*size):
        (top, left), (bottom, right) = stride * (i, j), stride * (i, j) + kernel
        out[:, :, i, j] = np.nanmax(x[:, :, top:bottom, left:right], axis=(2, 3))
    return out
