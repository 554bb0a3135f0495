# LEGRADE-CANARY solutions/im2col/correct/stacked_windows.py
import numpy as np


def im2col(x, kernel_size, stride=1, padding=0):
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    columns = []
    for top in range(0, x.shape[2] - kh + 1, sh):
        for left in range(0, x.shape[3] - kw + 1, sw):
            column = [image[:, top : top + kh, left : left + kw].ravel() for image in x]
            columns.append(column)
    return np.moveaxis(np.array(columns), 0, 2)
