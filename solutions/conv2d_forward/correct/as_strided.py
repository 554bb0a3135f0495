# LEGRADE-CANARY solutions/conv2d_forward/correct/as_strided.py
import numpy as np


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    def as_pair(v):
        return (v, v) if np.isscalar(v) else v

    sh, sw = as_pair(stride)
    ph, pw = as_pair(padding)
    dh, dw = as_pair(dilation)
    x = np.ascontiguousarray(np.pad(x, [(0, 0), (0, 0), (ph, ph), (pw, pw)]))
    N, C, H, W = x.shape
    F, CG, KH, KW = w.shape
    OH = 1 + (H - dh * (KH - 1) - 1) // sh
    OW = 1 + (W - dw * (KW - 1) - 1) // sw
    sn, sc, sy, sx = x.strides
    windows = np.lib.stride_tricks.as_strided(
        x, (N, C, OH, OW, KH, KW), (sn, sc, sy * sh, sx * sw, sy * dh, sx * dw), writeable=False
    )
    result = []
    for f in range(F):
        g = f // (F // groups)
        result.append(np.tensordot(windows[:, g * CG : (g + 1) * CG], w[f], axes=((1, 4, 5), (0, 1, 2))))
    out = np.stack(result, axis=1)
    if b is not None:
        out = out + np.reshape(b, (1, F, 1, 1))
    return out
