# LEGRADE-CANARY solutions/conv2d_forward/mistakes/bias-forgotten.py
# needs: bias
import numpy as np


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    dh, dw = (dilation, dilation) if isinstance(dilation, int) else dilation
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = x.shape
    F, CG, KH, KW = w.shape
    OH = (H - dh * (KH - 1) - 1) // sh + 1
    OW = (W - dw * (KW - 1) - 1) // sw + 1
    out = np.zeros((N, F, OH, OW))
    for n in range(N):
        for f in range(F):
            c = f // (F // groups) * CG  # first channel of this filter's group
            for i in range(OH):
                for j in range(OW):
                    rows = i * sh + dh * np.arange(KH)
                    cols = j * sw + dw * np.arange(KW)
                    window = x[n, c : c + CG][:, rows][:, :, cols]
                    out[n, f, i, j] = np.sum(window * w[f])
    return out
