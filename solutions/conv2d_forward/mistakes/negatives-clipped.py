# LEGRADE-CANARY solutions/conv2d_forward/mistakes/negatives-clipped.py
import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    dh, dw = pair(dilation)
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = x.shape
    F, CG, KH, KW = w.shape
    OH = (H - dh * (KH - 1) - 1) // sh + 1
    OW = (W - dw * (KW - 1) - 1) // sw + 1
    y = np.zeros((N, F, OH, OW))
    for f in range(F):
        group = f // (F // groups)
        for c in range(CG):
            channel = x[:, group * CG + c]
            for p in range(KH):
                for q in range(KW):
                    top, left = p * dh, q * dw
                    taken = channel[
                        :, top : top + (OH - 1) * sh + 1 : sh, left : left + (OW - 1) * sw + 1 : sw
                    ]
                    y[:, f] += w[f, c, p, q] * taken
        if b is not None:
            y[:, f] += b[f]
    return np.maximum(y, 0)
