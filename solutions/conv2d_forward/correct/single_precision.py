# LEGRADE-CANARY solutions/conv2d_forward/correct/single_precision.py
import numpy as np


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    x = np.asarray(x, dtype=np.float32)
    w = np.asarray(w, dtype=np.float32)
    b = np.zeros(len(w), dtype=np.float32) if b is None else np.asarray(b, dtype=np.float32)
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    dh, dw = (dilation, dilation) if isinstance(dilation, int) else dilation
    F, CG, KH, KW = w.shape
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    OH = (x.shape[2] - dh * (KH - 1) - 1) // sh + 1
    OW = (x.shape[3] - dw * (KW - 1) - 1) // sw + 1
    out = np.zeros((len(x), F, OH, OW), dtype=np.float32)
    for f in range(F):
        c = f // (F // groups) * CG
        for i in range(OH):
            for j in range(OW):
                window = x[:, c : c + CG, i * sh : i * sh + dh * KH : dh, j * sw : j * sw + dw * KW : dw]
                out[:, f, i, j] = np.sum(window[:, :, :KH, :KW] * w[f], axis=(1, 2, 3)) + b[f]
    return out
