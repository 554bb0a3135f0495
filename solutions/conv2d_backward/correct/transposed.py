# LEGRADE-CANARY solutions/conv2d_backward/correct/transposed.py
import numpy as np


def correlate(x, w):
    """Stride 1, no padding: (N, C, H, W) and (F, C, KH, KW) give (N, F, OH, OW)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("nchwpq,fcpq->nfhw", windows, w)


def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    eh, ew = (dilation, dilation) if isinstance(dilation, int) else dilation
    if groups > 1:
        shares = zip(*(np.split(a, groups, axis=k) for a, k in ((dout, 1), (x, 1), (w, 0))), strict=True)
        parts = [conv2d_backward(*share, stride, padding, dilation) for share in shares]
        return tuple(
            np.concatenate(a, axis=k) for a, k in zip(zip(*parts, strict=True), (1, 0, 0), strict=True)
        )
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    wide = np.zeros((*w.shape[:2], eh * (w.shape[2] - 1) + 1, ew * (w.shape[3] - 1) + 1))
    wide[:, :, ::eh, ::ew] = w
    KH, KW = wide.shape[2:]
    spread = np.zeros((*dout.shape[:2], H - KH + 1, W - KW + 1))  # as if the stride had been 1
    spread[:, :, ::sh, ::sw] = dout
    full = np.pad(spread, ((0, 0), (0, 0), (KH - 1, KH - 1), (KW - 1, KW - 1)))
    dx = correlate(full, wide[:, :, ::-1, ::-1].swapaxes(0, 1))
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dwide = correlate(xp.swapaxes(0, 1), spread.swapaxes(0, 1)).swapaxes(0, 1)
    return dx[:, :, ph : H - ph, pw : W - pw], dwide[:, :, ::eh, ::ew], dout.sum(axis=(0, 2, 3))
