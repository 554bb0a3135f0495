# LEGRADE-CANARY solutions/cross_entropy/correct/one_hot.py
import numpy as np


def cross_entropy(z, y):
    N, K = z.shape
    target = np.zeros((N, K))
    target[range(N), y] = 1
    m = np.max(z, axis=1)
    lse = m + np.log(np.sum(np.exp(z - m[:, None]), axis=1))
    return (np.sum(lse) - np.sum(target * z)) / N
