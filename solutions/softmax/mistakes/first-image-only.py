# LEGRADE-CANARY solutions/softmax/mistakes/first-image-only.py
import numpy as np


def softmax(z):
    e = np.exp(z[0] - z[0].max())
    return (e / e.sum())[None]
