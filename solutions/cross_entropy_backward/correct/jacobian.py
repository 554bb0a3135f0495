# LEGRADE-CANARY solutions/cross_entropy_backward/correct/jacobian.py
import numpy as np


def softmax(row):
    e = np.exp(row - row.max())
    return e / e.sum()


def cross_entropy_backward(z, y):
    # Back through the logarithm of the softmax, image by image: d log p_y / dz_j is 1 for j = y, less p_j.
    N, K = z.shape
    dz = []
    for row, label in zip(z, y, strict=True):
        upstream = np.zeros(K)
        upstream[label] = -1 / N
        jacobian = np.identity(K) - np.ones((K, 1)) * softmax(row)
        dz.append(upstream @ jacobian)
    return np.vstack(dz)
