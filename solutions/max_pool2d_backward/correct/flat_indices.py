# LEGRADE-CANARY solutions/max_pool2d_backward/correct/flat_indices.py
import numpy as np


def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    two = lambda v: v if isinstance(v, tuple) else (v, v)  # noqa: E731 -- as students write it
    (kh, kw), (ph, pw) = two(kernel_size), two(padding)
    sh, sw = two(stride) if stride is not None else (kh, kw)
    N, C, H, W = x.shape
    number = np.arange(N * C * H * W).reshape(x.shape)
    number = np.pad(number, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=np.finfo(x.dtype).min)
    OH, OW = dout.shape[2:]
    columns, numbers = [], []
    for p in range(kh):
        for q in range(kw):
            columns.append(x[:, :, p::sh, q::sw][:, :, :OH, :OW])
            numbers.append(number[:, :, p::sh, q::sw][:, :, :OH, :OW])
    best = np.argmax(columns, axis=0)
    winners = np.take_along_axis(np.array(numbers), best[None], axis=0)[0]
    return np.bincount(winners.ravel(), weights=dout.ravel(), minlength=N * C * H * W).reshape(N, C, H, W)
