# LEGRADE-CANARY solutions/conv2d_backward/correct/as_strided.py
import numpy as np


def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    def as_pair(v):
        return (v, v) if np.isscalar(v) else v

    sh, sw = as_pair(stride)
    ph, pw = as_pair(padding)
    eh, ew = as_pair(dilation)
    xp = np.ascontiguousarray(np.pad(x, [(0, 0), (0, 0), (ph, ph), (pw, pw)]), dtype=float)
    dxp = np.zeros_like(xp)
    F, CG, KH, KW = w.shape
    N, _, OH, OW = dout.shape
    sn, sc, sy, sx = xp.strides
    shape, steps = (N, xp.shape[1], OH, OW, KH, KW), (sn, sc, sy * sh, sx * sw, sy * eh, sx * ew)
    windows = np.lib.stride_tricks.as_strided(xp, shape, steps, writeable=False)
    dwindows = np.lib.stride_tricks.as_strided(dxp, shape, steps)
    dw = np.empty(w.shape)
    for f in range(F):
        c = f // (F // groups) * CG
        dw[f] = np.tensordot(dout[:, f], windows[:, c : c + CG], axes=((0, 1, 2), (0, 2, 3)))
        for i, j in np.ndindex(OH, OW):
            dwindows[:, c : c + CG, i, j] += np.multiply.outer(dout[:, f, i, j], w[f])
    return dxp[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]], dw, dout.sum((0, 2, 3))
