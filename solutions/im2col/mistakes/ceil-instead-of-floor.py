# LEGRADE-CANARY solutions/im2col/mistakes/ceil-instead-of-floor.py
# needs: stride
import numpy as np


def im2col(x, kernel_size, stride=1, padding=0):
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = x.shape
    OH = int(np.ceil((H - kh) / sh)) + 1
    OW = int(np.ceil((W - kw) / sw)) + 1
    x = np.pad(x, ((0, 0), (0, 0), (0, sh), (0, sw)))  # room for the last windows
    cols = np.zeros((N, C * kh * kw, OH * OW))
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                top, left = i * sh, j * sw
                window = x[n, :, top : top + kh, left : left + kw]
                cols[n, :, i * OW + j] = window.reshape(-1)
    return cols
