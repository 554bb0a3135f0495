# LEGRADE-CANARY solutions/conv2d_backward/mistakes/first-filter-only.py
import numpy as np


def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    eh, ew = (dilation, dilation) if isinstance(dilation, int) else dilation
    N, C, H, W = x.shape
    F, CG, KH, KW = w.shape
    OH, OW = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp = np.zeros(xp.shape)
    dw = np.zeros(w.shape)
    for f in range(1):
        c = f // (F // groups) * CG
        for i in range(OH):
            for j in range(OW):
                top, left = i * sh, j * sw
                bottom, right = top + eh * (KH - 1) + 1, left + ew * (KW - 1) + 1
                at = np.s_[:, c : c + CG, top:bottom:eh, left:right:ew]
                g = dout[:, f, i, j][:, None, None, None]
                dxp[at] += g * w[f]
                dw[f] += (g * xp[at]).sum(axis=0)
    dx = dxp[:, :, ph : ph + H, pw : pw + W]
    return dx, dw, dout.sum(axis=(0, 2, 3))
