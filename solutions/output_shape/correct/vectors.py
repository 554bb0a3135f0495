# LEGRADE-CANARY solutions/output_shape/correct/vectors.py
import numpy as np


def output_shape(size, kernel_size, stride=1, padding=0, dilation=1):
    n, k, s, p, d = (np.ones(2, dtype=int) * v for v in (size, kernel_size, stride, padding, dilation))
    room = n + 2 * p - d * (k - 1) - 1
    if np.any(room < 0):
        raise ValueError("kernel too large")
    return room // s + 1
