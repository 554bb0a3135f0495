# LEGRADE-CANARY solutions/conv2d_backward/correct/im2col.py
import numpy as np


def places(KH, KW, OH, OW, sh, sw, eh, ew):
    rows = sh * np.arange(OH) + eh * np.arange(KH)[:, None]  # (KH, OH)
    cols = sw * np.arange(OW) + ew * np.arange(KW)[:, None]  # (KW, OW)
    return rows[:, None, :, None], cols[None, :, None, :]


def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    (sh, sw), (ph, pw), (eh, ew) = (np.broadcast_to(v, 2).tolist() for v in (stride, padding, dilation))
    N, C, H, W = x.shape
    F, CG, KH, KW = w.shape
    OH, OW = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    rows, cols = places(KH, KW, OH, OW, sh, sw, eh, ew)
    dxp, dw = np.zeros(xp.shape), []
    for g in range(groups):
        share = slice(g * CG, (g + 1) * CG)
        filters = slice(g * (F // groups), (g + 1) * (F // groups))
        columns = xp[:, share][:, :, rows, cols].reshape(N, CG * KH * KW, OH * OW)
        d = dout[:, filters].reshape(N, -1, OH * OW)
        dw.append((d @ columns.transpose(0, 2, 1)).sum(axis=0))
        dcolumns = w[filters].reshape(F // groups, -1).T @ d
        np.add.at(dxp[:, share], np.s_[:, :, rows, cols], dcolumns.reshape(N, CG, KH, KW, OH, OW))
    dx = dxp[:, :, ph : ph + H, pw : pw + W]
    return dx, np.concatenate(dw).reshape(w.shape), dout.sum(axis=(0, 2, 3))
