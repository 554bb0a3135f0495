# LEGRADE-CANARY solutions/max_pool2d_backward/correct/loops.py
import numpy as np


def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    if stride is None:
        stride = kernel_size
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    dx = np.zeros((N, C, H, W))
    for n in range(N):
        for c in range(C):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    best = None
                    for p in range(i * sh - ph, i * sh - ph + kh):
                        for q in range(j * sw - pw, j * sw - pw + kw):
                            inside = 0 <= p < H and 0 <= q < W
                            if inside and (best is None or x[n, c, p, q] > x[n, c, best[0], best[1]]):
                                best = p, q
                    dx[n, c, best[0], best[1]] += dout[n, c, i, j]
    return dx
