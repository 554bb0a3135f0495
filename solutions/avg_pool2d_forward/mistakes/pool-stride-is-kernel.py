# LEGRADE-CANARY solutions/avg_pool2d_forward/mistakes/pool-stride-is-kernel.py
# needs: stride
import numpy as np


def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    stride = kernel_size
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    OH = (H + 2 * ph - kh) // sh + 1
    OW = (W + 2 * pw - kw) // sw + 1
    out = np.zeros((N, C, OH, OW))
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    top, left = i * sh, j * sw
                    window = xp[n, c, top : top + kh, left : left + kw]
                    area = kh * kw
                    if not count_include_pad:
                        rows = min(top + kh, ph + H) - max(top, ph)
                        cols = min(left + kw, pw + W) - max(left, pw)
                        area = rows * cols
                    out[n, c, i, j] = np.sum(window) / area
    return out
