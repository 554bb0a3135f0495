# LEGRADE-CANARY solutions/cross_entropy/correct/running_mean.py
import numpy as np


def log_sum_exp(a, b):
    return max(a, b) + np.log1p(np.exp(-abs(a - b)))


def cross_entropy(z, y):
    loss = 0.0
    for n in range(z.shape[0]):
        lse = z[n, 0]
        for k in range(1, z.shape[1]):
            lse = log_sum_exp(lse, z[n, k])
        loss += (lse - z[n, y[n]] - loss) / (n + 1)
    return np.array(loss)
