# LEGRADE-CANARY solutions/max_pool2d_forward/correct/argmax_columns.py
import numpy as np


def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    if isinstance(kernel_size, int):
        kernel_size = (kernel_size, kernel_size)
    if stride is None:
        stride = kernel_size
    elif isinstance(stride, int):
        stride = (stride, stride)
    if isinstance(padding, int):
        padding = (padding, padding)
    N, C, H, W = x.shape
    rows, cols = H + 2 * padding[0], W + 2 * padding[1]
    big = np.full((N * C, rows, cols), np.finfo(x.dtype).min)
    big[:, padding[0] : padding[0] + H, padding[1] : padding[1] + W] = x.reshape(N * C, H, W)
    columns = [
        big[:, i : i + kernel_size[0], j : j + kernel_size[1]].reshape(N * C, -1)
        for i in range(0, rows - kernel_size[0] + 1, stride[0])
        for j in range(0, cols - kernel_size[1] + 1, stride[1])
    ]
    columns = np.stack(columns, axis=1)  # (N * C, OH * OW, KH * KW)
    best = columns.argmax(axis=2)
    flat = np.take_along_axis(columns, best[:, :, None], axis=2)[:, :, 0]
    OH = (rows - kernel_size[0]) // stride[0] + 1
    return flat.reshape(N, C, OH, -1)
