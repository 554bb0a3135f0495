# LEGRADE-CANARY solutions/max_pool2d_forward/correct/loops.py
import numpy as np


def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    if stride is None:
        stride = kernel_size
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    OH = (H + 2 * ph - kh) // sh + 1
    OW = (W + 2 * pw - kw) // sw + 1
    out = np.zeros((N, C, OH, OW))
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    largest = None
                    for p in range(i * sh - ph, i * sh - ph + kh):
                        for q in range(j * sw - pw, j * sw - pw + kw):
                            if 0 <= p < H and 0 <= q < W and (largest is None or x[n, c, p, q] > largest):
                                largest = x[n, c, p, q]
                    out[n, c, i, j] = largest
    return out
