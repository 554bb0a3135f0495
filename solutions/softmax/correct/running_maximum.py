# LEGRADE-CANARY solutions/softmax/correct/running_maximum.py
import numpy as np


def softmax(z):
    N, K = z.shape
    top = np.full(N, -np.inf)
    total = np.zeros(N)
    for k in range(K):
        larger = np.maximum(top, z[:, k])
        total = total * np.exp(top - larger) + np.exp(z[:, k] - larger)
        top = larger
    return np.stack([np.exp(z[:, k] - top) / total for k in range(K)], axis=1)
