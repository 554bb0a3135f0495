# LEGRADE-CANARY solutions/softmax/mistakes/softmax-not-normalised.py
import numpy as np


def softmax(z):
    return np.exp(z)
