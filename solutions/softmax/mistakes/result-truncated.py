# LEGRADE-CANARY solutions/softmax/mistakes/result-truncated.py
import numpy as np


def softmax(z):
    out = np.zeros(z.shape, dtype=int)
    for n in range(len(z)):
        e = np.exp(z[n] - z[n].max())
        out[n] = e / e.sum()
    return out
