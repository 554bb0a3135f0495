# LEGRADE-CANARY solutions/conv2d_forward/correct/fft.py
import numpy as np


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    dh, dw = (dilation, dilation) if isinstance(dilation, int) else dilation
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = x.shape
    F, CG, KH, KW = w.shape
    wide = np.zeros((F, CG, dh * (KH - 1) + 1, dw * (KW - 1) + 1))
    wide[:, :, ::dh, ::dw] = w
    spectrum = np.fft.rfft2(x)
    filters = np.conj(np.fft.rfft2(wide, s=(H, W)))  # conjugate: correlation, not convolution
    out = np.empty((N, F, H, W))
    for f in range(F):
        c = f // (F // groups) * CG
        out[:, f] = np.fft.irfft2(np.sum(spectrum[:, c : c + CG] * filters[f], axis=1), s=(H, W))
    out = out[:, :, : H - wide.shape[2] + 1 : sh, : W - wide.shape[3] + 1 : sw]
    return out if b is None else out + b[:, None, None]
