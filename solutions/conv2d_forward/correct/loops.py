# LEGRADE-CANARY solutions/conv2d_forward/correct/loops.py
import numpy as np


def two(v):
    if isinstance(v, int):
        return v, v
    return v[0], v[1]


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = two(stride)
    ph, pw = two(padding)
    dh, dw = two(dilation)
    N, C, H, W = x.shape
    F, CG, KH, KW = w.shape
    OH = (H + 2 * ph - dh * (KH - 1) - 1) // sh + 1
    OW = (W + 2 * pw - dw * (KW - 1) - 1) // sw + 1
    out = np.zeros((N, F, OH, OW))
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    total = 0.0 if b is None else b[f]
                    for c in range(CG):
                        for p in range(KH):
                            for q in range(KW):
                                r = i * sh + p * dh - ph
                                s = j * sw + q * dw - pw
                                if 0 <= r < H and 0 <= s < W:
                                    total += x[n, f // (F // groups) * CG + c, r, s] * w[f, c, p, q]
                    out[n, f, i, j] = total
    return out
