# LEGRADE-CANARY solutions/avg_pool2d_backward/correct/shifted_sums.py
import numpy as np


def pair(v):
    return (v, v) if isinstance(v, int) else tuple(v)


def avg_pool2d_backward(dout, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = (kh, kw) if stride is None else pair(stride)
    N, C, H, W = x_shape
    OH, OW = dout.shape[2:]
    places = [
        (..., slice(p, p + (OH - 1) * sh + 1, sh), slice(q, q + (OW - 1) * sw + 1, sw))
        for p in range(kh)
        for q in range(kw)
    ]
    image = np.zeros((H + 2 * ph, W + 2 * pw))
    image[ph : ph + H, pw : pw + W] = 1
    share = dout / (kh * kw if count_include_pad else sum(image[place] for place in places))
    dx = np.zeros((N, C, *image.shape))
    for place in places:
        dx[place] += share
    return dx[..., ph : ph + H, pw : pw + W]
