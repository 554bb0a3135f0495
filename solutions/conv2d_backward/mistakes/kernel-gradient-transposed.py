# LEGRADE-CANARY solutions/conv2d_backward/mistakes/kernel-gradient-transposed.py
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
    db = dout.sum(axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            c = f // (F // groups) * CG  # first channel of this filter's group
            for i in range(OH):
                for j in range(OW):
                    g = dout[n, f, i, j]
                    rows = i * sh + eh * np.arange(KH)
                    cols = j * sw + ew * np.arange(KW)
                    at = np.ix_([n], range(c, c + CG), rows, cols)
                    dxp[at] += g * w[f]
                    dw[f] += g * xp[at][0]
    dx = dxp[:, :, ph : ph + H, pw : pw + W]
    return dx, dw.swapaxes(2, 3), db
