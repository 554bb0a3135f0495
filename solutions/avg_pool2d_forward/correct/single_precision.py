# LEGRADE-CANARY solutions/avg_pool2d_forward/correct/single_precision.py
import numpy as np


def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    kernel = np.ones(2, dtype=int) * kernel_size
    stride = kernel if stride is None else np.ones(2, dtype=int) * stride
    ph, pw = np.ones(2, dtype=int) * padding
    border = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    values = np.pad(x.astype(np.float32), border)
    weights = np.pad(
        np.ones(x.shape, dtype=np.float32), border, constant_values=1 if count_include_pad else 0
    )
    size = (np.array(values.shape[2:]) - kernel) // stride + 1
    out = np.zeros((*x.shape[:2], *size), dtype=np.float32)
    for i, j in np.ndindex(*size):
        (top, left), (bottom, right) = stride * (i, j), stride * (i, j) + kernel
        area = np.s_[:, :, top:bottom, left:right]
        out[:, :, i, j] = np.average(values[area], axis=(2, 3), weights=weights[area])
    return out
