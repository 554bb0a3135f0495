# LEGRADE-CANARY solutions/avg_pool2d_backward/correct/padded_windows.py
import numpy as np


def avg_pool2d_backward(dout, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    N, C, H, W = x_shape
    kh, kw = np.broadcast_to(kernel_size, 2)
    sh, sw = np.broadcast_to(kernel_size if stride is None else stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    big = np.zeros((N, C, H + 2 * ph, W + 2 * pw))
    ones = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)), constant_values=1 if count_include_pad else 0)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            at = (slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw))
            big[(slice(None), slice(None), *at)] += dout[:, :, [[i]], [[j]]] / ones[at].sum()
    return big[:, :, ph : H + ph, pw : W + pw]
