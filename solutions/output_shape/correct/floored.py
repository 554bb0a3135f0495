# LEGRADE-CANARY solutions/output_shape/correct/floored.py
import math


def output_shape(size, kernel_size, stride=1, padding=0, dilation=1):
    def length(n, k, s, p, d):
        out = math.floor((n + 2 * p - d * (k - 1) - 1) / s + 1)
        if out < 1:
            raise ValueError(f"got {out} positions")
        return float(out)

    as_pair = lambda v: (v, v) if isinstance(v, int) else v  # noqa: E731 -- as students write it
    H, W = as_pair(size)
    (kh, kw), (sh, sw) = as_pair(kernel_size), as_pair(stride)
    (ph, pw), (dh, dw) = as_pair(padding), as_pair(dilation)
    return length(H, kh, sh, ph, dh), length(W, kw, sw, pw, dw)
