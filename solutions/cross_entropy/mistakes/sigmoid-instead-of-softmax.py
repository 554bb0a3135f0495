# LEGRADE-CANARY solutions/cross_entropy/mistakes/sigmoid-instead-of-softmax.py
import numpy as np


def cross_entropy(z, y):
    log_p = -np.logaddexp(0, -z)
    return -log_p[np.arange(len(y)), y].mean()
