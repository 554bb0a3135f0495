# LEGRADE-CANARY solutions/cross_entropy/mistakes/largest-logit-for-log-sum-exp.py
import numpy as np


def cross_entropy(z, y):
    return (z.max(axis=1) - z[np.arange(len(y)), y]).mean()
