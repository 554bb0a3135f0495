# LEGRADE-CANARY solutions/im2col/correct/loops.py
import numpy as np


def im2col(x, kernel_size, stride=1, padding=0):
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    OH = (H + 2 * ph - kh) // sh + 1
    OW = (W + 2 * pw - kw) // sw + 1
    out = np.zeros((N, C * kh * kw, OH * OW))
    for n in range(N):
        for c in range(C):
            for p in range(kh):
                for q in range(kw):
                    row = (c * kh + p) * kw + q
                    for i in range(OH):
                        for j in range(OW):
                            y, z = i * sh + p - ph, j * sw + q - pw
                            if 0 <= y < H and 0 <= z < W:
                                out[n, row, i * OW + j] = x[n, c, y, z]
    return out
