# LEGRADE-CANARY solutions/avg_pool2d_forward/mistakes/padding-ignored.py
# needs: padding
import numpy as np


def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    if stride is None:
        stride = kernel_size
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    N, C, H, W = x.shape
    OH = (H - kh) // sh + 1
    OW = (W - kw) // sw + 1
    out = np.zeros((N, C, OH, OW))
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    top, left = i * sh, j * sw
                    window = x[n, c, top : top + kh, left : left + kw]
                    out[n, c, i, j] = np.mean(window)
    return out
