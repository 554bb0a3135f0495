# LEGRADE-CANARY solutions/avg_pool2d_forward/correct/as_strided.py
import numpy as np


def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    def as_pair(v):
        return (v, v) if np.isscalar(v) else v

    kh, kw = as_pair(kernel_size)
    sh, sw = as_pair(kernel_size if stride is None else stride)
    ph, pw = as_pair(padding)
    mask = np.ones((1, 1, *x.shape[2:]))
    means = []
    for image in (x, mask):
        big = np.ascontiguousarray(np.pad(image, [(0, 0), (0, 0), (ph, ph), (pw, pw)]))
        n, c, h, w = big.strides
        shape = (*big.shape[:2], (big.shape[2] - kh) // sh + 1, (big.shape[3] - kw) // sw + 1, kh, kw)
        windows = np.lib.stride_tricks.as_strided(big, shape, (n, c, h * sh, w * sw, h, w), writeable=False)
        means.append(windows.mean(axis=(4, 5)))
    return means[0] if count_include_pad else means[0] / means[1]
