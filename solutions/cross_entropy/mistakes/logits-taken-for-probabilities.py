# LEGRADE-CANARY solutions/cross_entropy/mistakes/logits-taken-for-probabilities.py
import numpy as np


def cross_entropy(z, y):
    return -np.log(z[np.arange(len(y)), y]).mean()
