# LEGRADE-CANARY solutions/softmax/correct/columns.py
import numpy as np


def softmax(z):
    e = np.exp(z.T - np.max(z, axis=1))
    return (e / np.sum(e, axis=0)).T
