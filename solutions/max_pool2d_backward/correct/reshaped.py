# LEGRADE-CANARY solutions/max_pool2d_backward/correct/reshaped.py
# features: none
import numpy as np


def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    N, C, H, W = x.shape
    k = kernel_size
    OH, OW = H // k, W // k
    tiles = x[:, :, : OH * k, : OW * k].reshape(N, C, OH, k, OW, k)
    largest = tiles == tiles.max(axis=(3, 5), keepdims=True)
    share = largest / largest.sum(axis=(3, 5), keepdims=True)
    dx = np.zeros(x.shape)
    dx[:, :, : OH * k, : OW * k] = (share * dout[:, :, :, None, :, None]).reshape(N, C, OH * k, OW * k)
    return dx
