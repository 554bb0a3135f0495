# LEGRADE-CANARY solutions/avg_pool2d_backward/correct/repeated.py
# features: none
import numpy as np


def avg_pool2d_backward(dout, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    N, C, H, W = x_shape
    k = kernel_size
    tiles = np.kron(dout, np.ones((k, k))) / k**2
    return np.pad(tiles, ((0, 0), (0, 0), (0, H - tiles.shape[2]), (0, W - tiles.shape[3])))
