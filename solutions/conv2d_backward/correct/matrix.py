# LEGRADE-CANARY solutions/conv2d_backward/correct/matrix.py
import numpy as np


def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    eh, ew = np.broadcast_to(dilation, 2)
    N, C, H, W = x.shape
    F, CG, KH, KW = w.shape
    OH, OW = dout.shape[2:]
    # The convolution as one dense layer; `number` says which weight stands where, 0 for none.
    number = np.zeros((F, OH, OW, C, H + 2 * ph, W + 2 * pw), dtype=int)
    for f in range(F):
        c = f // (F // groups) * CG
        for i in range(OH):
            for j in range(OW):
                bottom, right = i * sh + eh * (KH - 1) + 1, j * sw + ew * (KW - 1) + 1
                mine = 1 + f * CG * KH * KW + np.arange(CG * KH * KW).reshape(CG, KH, KW)
                number[f, i, j, c : c + CG, i * sh : bottom : eh, j * sw : right : ew] = mine
    number = number[..., ph : ph + H, pw : pw + W].reshape(F * OH * OW, C * H * W)
    layer = np.concatenate([[0.0], w.ravel()])[number]
    d = dout.reshape(N, -1)
    dlayer = d.T @ x.reshape(N, -1)
    dw = np.bincount(number.ravel(), weights=dlayer.ravel(), minlength=1 + w.size)[1:]
    return (d @ layer).reshape(x.shape), dw.reshape(w.shape), dout.sum(axis=(0, 2, 3))
