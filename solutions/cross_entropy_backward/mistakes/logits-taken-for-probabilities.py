# LEGRADE-CANARY solutions/cross_entropy_backward/mistakes/logits-taken-for-probabilities.py
import numpy as np


def cross_entropy_backward(z, y):
    return (z - np.eye(z.shape[1])[y]) / len(y)
