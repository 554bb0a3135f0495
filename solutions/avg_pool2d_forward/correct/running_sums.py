# LEGRADE-CANARY solutions/avg_pool2d_forward/correct/running_sums.py
import numpy as np


def boxes(x, kernel, stride, padding):
    """Add up every window by four corners of a table of running sums."""
    (kh, kw), (sh, sw), (ph, pw) = kernel, stride, padding
    table = (
        np.pad(x.astype(float), ((0, 0), (0, 0), (ph + 1, ph), (pw + 1, pw))).cumsum(axis=2).cumsum(axis=3)
    )
    last = table[:, :, kh:, kw:] - table[:, :, :-kh, kw:] - table[:, :, kh:, :-kw] + table[:, :, :-kh, :-kw]
    return last[:, :, ::sh, ::sw]


def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    kernel = tuple(np.broadcast_to(kernel_size, 2).tolist())
    stride = kernel if stride is None else tuple(np.broadcast_to(stride, 2).tolist())
    padding = tuple(np.broadcast_to(padding, 2).tolist())
    sums = boxes(x, kernel, stride, padding)
    return sums / (
        kernel[0] * kernel[1] if count_include_pad else boxes(np.ones_like(x), kernel, stride, padding)
    )
