# LEGRADE-CANARY solutions/max_pool2d_backward/mistakes/maximum-from-zero.py
import numpy as np


def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    if stride is None:
        stride = kernel_size
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    OH, OW = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    dxp = np.zeros(xp.shape)
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    top, left = i * sh, j * sw
                    largest, at = 0, None
                    for p in range(top, top + kh):
                        for q in range(left, left + kw):
                            if xp[n, c, p, q] > largest:
                                largest, at = xp[n, c, p, q], (p, q)
                    if at is not None:
                        dxp[n, c, at[0], at[1]] += dout[n, c, i, j]
    return dxp[:, :, ph : ph + H, pw : pw + W]
