# LEGRADE-CANARY solutions/avg_pool2d_backward/correct/running_sums.py
import numpy as np


def avg_pool2d_backward(dout, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    # A window adds its share from its first pixel on and takes it off behind its last one.
    N, C, H, W = x_shape
    kh, kw = np.broadcast_to(kernel_size, 2)
    sh, sw = np.broadcast_to(kernel_size if stride is None else stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    top, left = np.arange(dout.shape[2]) * sh - ph, np.arange(dout.shape[3]) * sw - pw
    top, bottom = np.clip(top, 0, H), np.clip(top + kh, 0, H)
    left, right = np.clip(left, 0, W), np.clip(left + kw, 0, W)
    share = dout / (kh * kw if count_include_pad else np.outer(bottom - top, right - left))
    steps = np.zeros((N, C, H + 1, W + 1))
    for rows, columns, sign in ((top, left, 1), (top, right, -1), (bottom, left, -1), (bottom, right, 1)):
        np.add.at(steps, np.s_[:, :, rows[:, None], columns[None, :]], sign * share)
    return steps.cumsum(axis=2).cumsum(axis=3)[:, :, :H, :W]
