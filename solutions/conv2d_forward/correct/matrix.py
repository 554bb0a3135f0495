# LEGRADE-CANARY solutions/conv2d_forward/correct/matrix.py
import numpy as np


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    dh, dw = np.broadcast_to(dilation, 2)
    N, C, H, W = x.shape
    F, CG, KH, KW = w.shape
    OH = (H + 2 * ph - dh * (KH - 1) - 1) // sh + 1
    OW = (W + 2 * pw - dw * (KW - 1) - 1) // sw + 1
    layer = np.zeros((F, OH, OW, C, H + 2 * ph, W + 2 * pw))  # the convolution as one dense layer
    for f in range(F):
        c = f // (F // groups) * CG
        for i in range(OH):
            for j in range(OW):
                top, left = i * sh, j * sw
                bottom, right = top + dh * (KH - 1) + 1, left + dw * (KW - 1) + 1
                layer[f, i, j, c : c + CG, top:bottom:dh, left:right:dw] = w[f]
    layer = layer[..., ph : ph + H, pw : pw + W]
    out = x.reshape(N, -1) @ layer.reshape(F * OH * OW, -1).T
    out = out.reshape(N, F, OH, OW)
    return out if b is None else out + b.reshape(F, 1, 1)
