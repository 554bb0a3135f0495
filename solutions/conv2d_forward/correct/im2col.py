# LEGRADE-CANARY solutions/conv2d_forward/correct/im2col.py
import numpy as np


def im2col(x, KH, KW, sh, sw, dh, dw):
    N, C, H, W = x.shape
    OH = (H - dh * (KH - 1) - 1) // sh + 1
    OW = (W - dw * (KW - 1) - 1) // sw + 1
    rows = sh * np.arange(OH)[:, None] + dh * np.arange(KH)  # (OH, KH)
    cols = sw * np.arange(OW)[:, None] + dw * np.arange(KW)  # (OW, KW)
    patches = x[:, :, rows[:, None, :, None], cols[None, :, None, :]]  # (N, C, OH, OW, KH, KW)
    return patches.transpose(1, 4, 5, 0, 2, 3).reshape(C * KH * KW, -1), OH, OW


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    (sh, sw), (ph, pw), (dh, dw) = (np.broadcast_to(v, 2).tolist() for v in (stride, padding, dilation))
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    F, CG, KH, KW = w.shape
    parts = []
    for g in range(groups):
        filters = w[g * (F // groups) : (g + 1) * (F // groups)].reshape(F // groups, -1)
        columns, OH, OW = im2col(x[:, g * CG : (g + 1) * CG], KH, KW, sh, sw, dh, dw)
        parts.append((filters @ columns).reshape(F // groups, len(x), OH, OW))
    out = np.concatenate(parts).transpose(1, 0, 2, 3)
    return out if b is None else out + b.reshape(1, -1, 1, 1)
