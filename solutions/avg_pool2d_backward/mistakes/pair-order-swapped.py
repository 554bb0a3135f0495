# LEGRADE-CANARY solutions/avg_pool2d_backward/mistakes/pair-order-swapped.py
# needs: pairs
import numpy as np


def avg_pool2d_backward(dout, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    N, C, H, W = x_shape
    if stride is None:
        stride = kernel_size
    kw, kh = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sw, sh = (stride, stride) if isinstance(stride, int) else stride
    pw, ph = (padding, padding) if isinstance(padding, int) else padding
    OH, OW = dout.shape[2:]
    inside = np.zeros((H + 2 * ph, W + 2 * pw))
    inside[ph : ph + H, pw : pw + W] = 1
    dx = np.zeros((N, C, H + 2 * ph, W + 2 * pw))
    for i in range(OH):
        for j in range(OW):
            rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
            count = kh * kw if count_include_pad else max(1, inside[rows, columns].sum())
            dx[:, :, rows, columns] += dout[:, :, i : i + 1, j : j + 1] / count
    return dx[:, :, ph : ph + H, pw : pw + W]
