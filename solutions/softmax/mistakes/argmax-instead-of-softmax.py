# LEGRADE-CANARY solutions/softmax/mistakes/argmax-instead-of-softmax.py
import numpy as np


def softmax(z):
    return np.eye(z.shape[1])[z.argmax(axis=1)]
