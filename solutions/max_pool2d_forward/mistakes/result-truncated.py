# LEGRADE-CANARY solutions/max_pool2d_forward/mistakes/result-truncated.py
import numpy as np


def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    if stride is None:
        stride = kernel_size
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    N, C, H, W = x.shape
    OH = (H - kh) // sh + 1
    OW = (W - kw) // sw + 1
    out = np.zeros((N, C, OH, OW), dtype=int)
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    window = x[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
                    out[n, c, i, j] = np.max(window)
    return out
