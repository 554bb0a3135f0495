# LEGRADE-CANARY solutions/conv2d_backward/correct/unit_images.py
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def forward(x, w, stride, padding, dilation, groups):
    N, F = len(x), len(w)
    x = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    span = [d * (k - 1) + 1 for d, k in zip(dilation, w.shape[2:], strict=True)]
    windows = sliding_window_view(x, span, axis=(2, 3))
    windows = windows[:, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]
    windows = windows.reshape(N, groups, w.shape[1], *windows.shape[2:])
    filters = w.reshape(groups, F // groups, *w.shape[1:])
    return np.einsum("ngchwpq,gfcpq->ngfhw", windows, filters).reshape(N, F, *windows.shape[3:5])


def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    # A convolution is linear in its images and in its filters: a derivative is what one pixel, or one weight, does.
    rest = [tuple(np.broadcast_to(v, 2).tolist()) for v in (stride, padding, dilation)]
    pixels = np.eye(x[0].size).reshape(-1, *x.shape[1:])
    answers = forward(pixels, w, *rest, groups)  # (C * H * W, F, OH, OW)
    dx = np.tensordot(dout, answers, axes=((1, 2, 3), (1, 2, 3))).reshape(x.shape)
    dw = np.zeros(w.shape)
    for at in np.ndindex(*w.shape):
        unit = np.zeros(w.shape)
        unit[at] = 1
        dw[at] = (dout * forward(x, unit, *rest, groups)).sum()
    return dx, dw, np.array([dout[:, f].sum() for f in range(len(w))])
