# LEGRADE-CANARY solutions/im2col/correct/shifted_slices.py
import numpy as np


def im2col(x, kernel_size, stride=1, padding=0):
    two = lambda v: v if isinstance(v, (tuple, list)) else (v, v)  # noqa: E731 -- as students write it
    (kh, kw), (sh, sw), (ph, pw) = two(kernel_size), two(stride), two(padding)
    N, C = x.shape[:2]
    big = np.zeros((N, C, x.shape[2] + 2 * ph, x.shape[3] + 2 * pw), dtype=np.float32)
    big[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]] = x
    OH, OW = (big.shape[2] - kh) // sh + 1, (big.shape[3] - kw) // sw + 1
    rows = [
        big[:, c, p::sh, q::sw][:, :OH, :OW].reshape(N, OH * OW)
        for c in range(C)
        for p in range(kh)
        for q in range(kw)
    ]
    return np.stack(rows, axis=1)
