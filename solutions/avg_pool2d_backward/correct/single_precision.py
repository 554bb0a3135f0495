# LEGRADE-CANARY solutions/avg_pool2d_backward/correct/single_precision.py
import numpy as np


def avg_pool2d_backward(dout, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    kernel = np.ones(2, dtype=int) * kernel_size
    stride = kernel if stride is None else np.ones(2, dtype=int) * stride
    pad = np.ones(2, dtype=int) * padding
    size = np.array(x_shape[2:])
    dx = np.zeros(x_shape, dtype=np.float32)
    for i, j in np.ndindex(*dout.shape[2:]):
        start = stride * (i, j) - pad
        (top, left), (bottom, right) = np.maximum(start, 0), np.minimum(start + kernel, size)
        window = dx[:, :, top:bottom, left:right]
        count = kernel.prod() if count_include_pad else window[0, 0].size
        window += dout[:, :, i, j].astype(np.float32)[:, :, None, None] / np.float32(count)
    return dx
