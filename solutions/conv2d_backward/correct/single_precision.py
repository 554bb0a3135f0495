# LEGRADE-CANARY solutions/conv2d_backward/correct/single_precision.py
import numpy as np


def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    x, w, dout = (np.asarray(a, dtype=np.float32) for a in (x, w, dout))
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    eh, ew = (dilation, dilation) if isinstance(dilation, int) else dilation
    F, CG, KH, KW = w.shape
    H, W = x.shape[2:]
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for f in range(F):
        c = f // (F // groups) * CG
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                top, left = i * sh, j * sw
                at = np.s_[
                    :, c : c + CG, top : top + eh * (KH - 1) + 1 : eh, left : left + ew * (KW - 1) + 1 : ew
                ]
                dx[at] += np.multiply.outer(dout[:, f, i, j], w[f])
                dw[f] += np.tensordot(dout[:, f, i, j], x[at], axes=1)
    return [dx[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3), dtype=np.float32)]
