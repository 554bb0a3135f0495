# LEGRADE-CANARY solutions/conv2d_forward/correct/sliding_window.py
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    (sh, sw), (ph, pw), (dh, dw) = (np.broadcast_to(v, 2) for v in (stride, padding, dilation))
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    F, CG, KH, KW = w.shape
    windows = sliding_window_view(x, (dh * (KH - 1) + 1, dw * (KW - 1) + 1), axis=(2, 3))
    windows = windows[:, :, ::sh, ::sw, ::dh, ::dw]
    N, C, OH, OW = windows.shape[:4]
    windows = windows.reshape(N, groups, CG, OH, OW, KH, KW)
    filters = w.reshape(groups, F // groups, CG, KH, KW)
    out = np.einsum("ngchwpq,gfcpq->ngfhw", windows, filters).reshape(N, F, OH, OW)
    if b is not None:
        out += b[:, None, None]
    return out
