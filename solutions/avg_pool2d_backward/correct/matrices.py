# LEGRADE-CANARY solutions/avg_pool2d_backward/correct/matrices.py
import numpy as np


def averaging(length, k, s, p, positions, count_padding):
    """Make the matrix that takes the means along one axis."""
    matrix = np.zeros((positions, length))
    for i in range(positions):
        first, last = max(i * s - p, 0), min(i * s - p + k, length)
        matrix[i, first:last] = 1 / (k if count_padding else last - first)
    return matrix


def avg_pool2d_backward(dout, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    stride = kernel_size if stride is None else stride
    pairs = [(v, v) if isinstance(v, int) else v for v in (kernel_size, stride, padding)]
    rows, columns = (
        averaging(x_shape[2 + a], *(v[a] for v in pairs), dout.shape[2 + a], count_include_pad)
        for a in (0, 1)
    )
    return rows.T @ dout @ columns
