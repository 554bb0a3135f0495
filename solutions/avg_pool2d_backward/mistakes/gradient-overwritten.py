# LEGRADE-CANARY solutions/avg_pool2d_backward/mistakes/gradient-overwritten.py
# needs: stride
import numpy as np


def avg_pool2d_backward(dout, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    N, C, H, W = x_shape
    if stride is None:
        stride = kernel_size
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    OH, OW = dout.shape[2:]
    inside = np.zeros((H + 2 * ph, W + 2 * pw))
    inside[ph : ph + H, pw : pw + W] = 1
    dx = np.zeros((N, C, H + 2 * ph, W + 2 * pw))
    for i in range(OH):
        for j in range(OW):
            rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
            count = kh * kw if count_include_pad else inside[rows, columns].sum()
            dx[:, :, rows, columns] = dout[:, :, i : i + 1, j : j + 1] / count
    return dx[:, :, ph : ph + H, pw : pw + W]
