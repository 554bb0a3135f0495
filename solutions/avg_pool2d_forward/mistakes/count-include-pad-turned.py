# LEGRADE-CANARY solutions/avg_pool2d_forward/mistakes/count-include-pad-turned.py
# needs: padding
import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def box_sums(image, kernel, stride, size):
    (kh, kw), (sh, sw), (OH, OW) = kernel, stride, size
    total = np.zeros((*image.shape[:2], OH, OW))
    for p in range(kh):
        for q in range(kw):
            total += image[:, :, p : p + (OH - 1) * sh + 1 : sh, q : q + (OW - 1) * sw + 1 : sw]
    return total


def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    kernel, (ph, pw) = pair(kernel_size), pair(padding)
    stride = kernel if stride is None else pair(stride)
    border = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    OH = (x.shape[2] + 2 * ph - kernel[0]) // stride[0] + 1
    OW = (x.shape[3] + 2 * pw - kernel[1]) // stride[1] + 1
    sums = box_sums(np.pad(x, border), kernel, stride, (OH, OW))
    if not count_include_pad:
        return sums / (kernel[0] * kernel[1])
    return sums / box_sums(np.pad(np.ones_like(x), border), kernel, stride, (OH, OW))
