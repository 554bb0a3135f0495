# LEGRADE-CANARY solutions/cross_entropy_backward/correct/own_class_from_the_others.py
import numpy as np


def cross_entropy_backward(z, y):
    # A row of the gradient adds up to 0, so the own class gets minus the sum of the others.
    N, K = z.shape
    dz = np.zeros((N, K))
    for n in range(N):
        for k in range(K):
            if k != y[n]:
                with np.errstate(over="ignore"):
                    dz[n, k] = 1 / np.exp(z[n] - z[n, k]).sum() / N
        dz[n, y[n]] = -dz[n].sum()
    return dz
