# LEGRADE-CANARY solutions/conv2d_backward/correct/without_groups.py
# features: bias, padding, stride
import numpy as np


def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    N, C, H, W = x.shape
    F, C, KH, KW = w.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx_pad = np.zeros(x_pad.shape)
    dw = np.zeros(w.shape)
    db = np.zeros(F)
    for n in range(N):
        for f in range(F):
            db[f] += dout[n, f].sum()
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    top, left = i * stride, j * stride
                    dw[f] += x_pad[n, :, top : top + KH, left : left + KW] * dout[n, f, i, j]
                    dx_pad[n, :, top : top + KH, left : left + KW] += w[f] * dout[n, f, i, j]
    return dx_pad[:, :, padding : padding + H, padding : padding + W], dw, db
