# LEGRADE-CANARY solutions/cross_entropy/mistakes/log-sum-exp-forgotten.py
import numpy as np


def cross_entropy(z, y):
    return -np.mean(z[np.arange(len(y)), y])
