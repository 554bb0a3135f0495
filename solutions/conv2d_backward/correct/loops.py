# LEGRADE-CANARY solutions/conv2d_backward/correct/loops.py
import numpy as np


def two(v):
    if isinstance(v, int):
        return v, v
    return v[0], v[1]


def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    (sh, sw), (ph, pw), (eh, ew) = two(stride), two(padding), two(dilation)
    N, C, H, W = x.shape
    F, CG, KH, KW = w.shape
    dx, dw, db = np.zeros((N, C, H, W)), np.zeros((F, CG, KH, KW)), np.zeros(F)
    for n in range(N):
        for f in range(F):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    g = dout[n, f, i, j]
                    db[f] += g
                    for k in range(CG):
                        c = f // (F // groups) * CG + k
                        for p in range(KH):
                            for q in range(KW):
                                r = i * sh + p * eh - ph
                                s = j * sw + q * ew - pw
                                if 0 <= r < H and 0 <= s < W:
                                    dx[n, c, r, s] += g * w[f, k, p, q]
                                    dw[f, k, p, q] += g * x[n, c, r, s]
    return dx, dw, db
