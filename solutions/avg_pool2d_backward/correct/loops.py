# LEGRADE-CANARY solutions/avg_pool2d_backward/correct/loops.py
import numpy as np


def avg_pool2d_backward(dout, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    if stride is None:
        stride = kernel_size
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape
    dx = np.zeros((N, C, H, W))
    for n in range(N):
        for c in range(C):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    pixels = [
                        (p, q)
                        for p in range(i * sh - ph, i * sh - ph + kh)
                        for q in range(j * sw - pw, j * sw - pw + kw)
                        if 0 <= p < H and 0 <= q < W
                    ]
                    count = kh * kw if count_include_pad else len(pixels)
                    for p, q in pixels:
                        dx[n, c, p, q] += dout[n, c, i, j] / count
    return dx
