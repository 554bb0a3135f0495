# LEGRADE-CANARY solutions/conv2d_backward/correct/fft.py
import numpy as np


def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    eh, ew = (dilation, dilation) if isinstance(dilation, int) else dilation
    F, CG, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = xp.shape
    wide = np.zeros((F, CG, H, W))
    wide[:, :, : eh * KH : eh, : ew * KW : ew] = w
    spread = np.zeros((N, F, H, W))
    OH, OW = dout.shape[2:]
    spread[:, :, : sh * (OH - 1) + 1 : sh, : sw * (OW - 1) + 1 : sw] = dout
    # Nothing wraps around: a window's start plus its span stays inside the padded image.
    images, filters, gradients = np.fft.rfft2(xp), np.fft.rfft2(wide), np.fft.rfft2(spread)
    dx, dw = np.zeros((N, C, H, W)), np.zeros((F, CG, H, W))
    for f in range(F):
        c = f // (F // groups) * CG
        for k in range(CG):
            dx[:, c + k] += np.fft.irfft2(gradients[:, f] * filters[f, k], s=(H, W))
            dw[f, k] = np.fft.irfft2((np.conj(gradients[:, f]) * images[:, c + k]).sum(axis=0), s=(H, W))
    dx = dx[:, :, ph : H - ph, pw : W - pw]
    return dx, dw[:, :, : eh * KH : eh, : ew * KW : ew], dout.sum(axis=(0, 2, 3))
