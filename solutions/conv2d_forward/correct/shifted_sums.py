# LEGRADE-CANARY solutions/conv2d_forward/correct/shifted_sums.py
import numpy as np


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    if isinstance(stride, int):
        stride = (stride, stride)
    if isinstance(padding, int):
        padding = (padding, padding)
    if isinstance(dilation, int):
        dilation = (dilation, dilation)
    if groups > 1:
        images = np.split(x, groups, axis=1)
        filters = np.split(w, groups)
        biases = np.split(b, groups) if b is not None else [None] * groups
        shares = [
            conv2d_forward(xs, ws, bs, stride, padding, dilation)
            for xs, ws, bs in zip(images, filters, biases, strict=True)
        ]
        return np.concatenate(shares, axis=1)
    H = x.shape[2] + 2 * padding[0]
    W = x.shape[3] + 2 * padding[1]
    padded = np.zeros((*x.shape[:2], H, W))
    padded[:, :, padding[0] : H - padding[0], padding[1] : W - padding[1]] = x
    OH = (H - dilation[0] * (w.shape[2] - 1) - 1) // stride[0] + 1
    OW = (W - dilation[1] * (w.shape[3] - 1) - 1) // stride[1] + 1
    out = 0
    for p in range(w.shape[2]):
        for q in range(w.shape[3]):
            part = padded[:, :, p * dilation[0] :, q * dilation[1] :][:, :, :: stride[0], :: stride[1]]
            out = out + np.einsum("nchw,fc->nfhw", part[:, :, :OH, :OW], w[:, :, p, q])
    if b is not None:
        out = out + b[None, :, None, None]
    return out
