# LEGRADE-CANARY solutions/avg_pool2d_backward/correct/sliding_window.py
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def avg_pool2d_backward(dout, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    kernel = tuple(np.broadcast_to(kernel_size, 2).tolist())
    stride = kernel if stride is None else tuple(np.broadcast_to(stride, 2).tolist())
    ph, pw = np.broadcast_to(padding, 2).tolist()
    N, C, H, W = x_shape
    if count_include_pad:
        count = kernel[0] * kernel[1]
    else:
        image = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
        count = sliding_window_view(image, kernel)[:: stride[0], :: stride[1]].sum(axis=(2, 3))
    # Spread the shares out by the stride, then sum what lies under each pixel's turned window.
    rows, columns = H + 2 * ph + kernel[0] - 1, W + 2 * pw + kernel[1] - 1
    spread = np.zeros((N, C, rows, columns))
    OH, OW = dout.shape[2:]
    spread[
        :,
        :,
        kernel[0] - 1 : kernel[0] + (OH - 1) * stride[0] : stride[0],
        kernel[1] - 1 : kernel[1] + (OW - 1) * stride[1] : stride[1],
    ] = dout / count
    dx = sliding_window_view(spread, kernel, axis=(2, 3)).sum(axis=(4, 5))
    return dx[:, :, ph : ph + H, pw : pw + W]
