# LEGRADE-CANARY solutions/im2col/mistakes/window-centred-on-the-pixel.py
import numpy as np


def im2col(x, kernel_size, stride=1, padding=0):
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = x.shape
    x = np.pad(x, ((0, 0), (0, 0), (kh // 2, kh), (kw // 2, kw)))
    OH = (H - kh) // sh + 1
    OW = (W - kw) // sw + 1
    cols = np.zeros((N, C * kh * kw, OH * OW))
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                top, left = i * sh, j * sw
                window = x[n, :, top : top + kh, left : left + kw]
                cols[n, :, i * OW + j] = window.reshape(-1)
    return cols
