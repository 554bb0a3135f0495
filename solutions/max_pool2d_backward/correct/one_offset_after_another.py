# LEGRADE-CANARY solutions/max_pool2d_backward/correct/one_offset_after_another.py
import numpy as np


def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    kernel = (kernel_size, kernel_size) if np.isscalar(kernel_size) else kernel_size
    stride = kernel if stride is None else (stride, stride) if np.isscalar(stride) else stride
    padding = (padding, padding) if np.isscalar(padding) else padding
    N, C, H, W = x.shape
    OH, OW = dout.shape[2:]
    big = np.full((N, C, H + 2 * padding[0], W + 2 * padding[1]), -np.inf)
    big[:, :, padding[0] : padding[0] + H, padding[1] : padding[1] + W] = x
    grad = np.zeros_like(big)
    places = [
        np.s_[
            :, :, p : p + (OH - 1) * stride[0] + 1 : stride[0], q : q + (OW - 1) * stride[1] + 1 : stride[1]
        ]
        for p in range(kernel[0])
        for q in range(kernel[1])
    ]
    out = big[places[0]]
    for place in places:
        out = np.maximum(out, big[place])
    left = dout.astype(float)
    for place in places:
        mine = big[place] == out
        grad[place] += np.where(mine, left, 0)
        left = np.where(mine, 0, left)  # given away
    return grad[:, :, padding[0] : padding[0] + H, padding[1] : padding[1] + W]
