# LEGRADE-CANARY solutions/max_pool2d_forward/correct/edge_padded.py
import numpy as np


def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    # A repeated border pixel lies in the same window as the pixel itself, so it never changes the maximum.
    stride = kernel_size if stride is None else stride
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), mode="edge")
    OH = (x.shape[2] - kh) // sh + 1
    OW = (x.shape[3] - kw) // sw + 1
    out = np.zeros((*x.shape[:2], OH, OW), dtype=x.dtype)
    for i in range(OH):
        for j in range(OW):
            out[:, :, i, j] = np.amax(x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw], axis=(2, 3))
    return out
