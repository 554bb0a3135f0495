# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/correct/bias_as_weight.py
import numpy as np


def conv2d_1x1_as_dense(x, w, b=None):
    # The bias is the weight of one more channel, in which every pixel is 1.
    N, C, H, W = x.shape
    F = w.shape[0]
    matrix = np.zeros((F, C + 1))
    matrix[:, :C] = w[..., 0, 0]
    if b is not None:
        matrix[:, C] = b
    pixels = np.ones((C + 1, N, H, W))
    pixels[:C] = x.transpose(1, 0, 2, 3)
    return (matrix @ pixels.reshape(C + 1, -1)).reshape(F, N, H, W).transpose(1, 0, 2, 3)
