# LEGRADE-CANARY solutions/avg_pool2d_forward/correct/matrices.py
import numpy as np


def averaging(n, k, s, p, count_include_pad):
    """Build the matrix that takes means along an axis of n pixels, (positions, n)."""
    rows = []
    for start in range(-p, n + p - k + 1, s):
        row = np.array([1.0 if start <= m < start + k else 0.0 for m in range(n)])
        rows.append(row / (k if count_include_pad else row.sum()))
    return np.array(rows)


def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    if stride is None:
        stride = kernel_size
    two = lambda v: (v, v) if isinstance(v, int) else v  # noqa: E731 -- as students write it
    (kh, kw), (sh, sw), (ph, pw) = two(kernel_size), two(stride), two(padding)
    down = averaging(x.shape[2], kh, sh, ph, count_include_pad)
    across = averaging(x.shape[3], kw, sw, pw, count_include_pad)
    return np.einsum("ih,nchw,jw->ncij", down, x, across)
