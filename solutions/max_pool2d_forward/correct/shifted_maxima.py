# LEGRADE-CANARY solutions/max_pool2d_forward/correct/shifted_maxima.py
import numpy as np


def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    two = lambda v: v if isinstance(v, tuple) else (v, v)  # noqa: E731 -- as students write it
    (kh, kw), (ph, pw) = two(kernel_size), two(padding)
    sh, sw = two(stride) if stride is not None else (kh, kw)
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), "constant", constant_values=float("-inf"))
    OH, OW = (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1
    out = x[:, :, : OH * sh : sh, : OW * sw : sw].copy()
    for p in range(kh):
        for q in range(kw):
            np.maximum(out, x[:, :, p::sh, q::sw][:, :, :OH, :OW], out=out)
    return out
