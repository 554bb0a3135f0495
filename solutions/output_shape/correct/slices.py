# LEGRADE-CANARY solutions/output_shape/correct/slices.py
import numpy as np


def output_shape(size, kernel_size, stride=1, padding=0, dilation=1):
    H, W = np.broadcast_to(size, 2)
    KH, KW = np.broadcast_to(kernel_size, 2)
    SH, SW = np.broadcast_to(stride, 2)
    PH, PW = np.broadcast_to(padding, 2)
    DH, DW = np.broadcast_to(dilation, 2)
    firsts = np.empty((H + 2 * PH, W + 2 * PW))
    span_h, span_w = DH * (KH - 1) + 1, DW * (KW - 1) + 1
    if span_h > firsts.shape[0] or span_w > firsts.shape[1]:
        raise ValueError("no window fits")
    return firsts[: firsts.shape[0] - span_h + 1 : SH, : firsts.shape[1] - span_w + 1 : SW].shape
