# LEGRADE-CANARY solutions/im2col/correct/picking_matrix.py
import numpy as np


def im2col(x, kernel_size, stride=1, padding=0):
    # Number the pixels of one channel, lay the numbers out, and pick the pixels by them; 0 stands for the padding.
    kh, kw = np.broadcast_to(kernel_size, 2)
    sh, sw = np.broadcast_to(stride, 2)
    ph, pw = np.broadcast_to(padding, 2)
    N, C, H, W = x.shape
    numbers = np.pad(np.arange(1, H * W + 1).reshape(H, W), ((ph, ph), (pw, pw)))
    picked = [
        numbers[i : i + kh, j : j + kw].flatten()
        for i in range(0, H + 2 * ph - kh + 1, sh)
        for j in range(0, W + 2 * pw - kw + 1, sw)
    ]
    pixels = np.concatenate([np.zeros((N, C, 1)), x.reshape(N, C, -1)], axis=2)
    return pixels[:, :, np.array(picked).T].reshape(N, C * kh * kw, len(picked))
