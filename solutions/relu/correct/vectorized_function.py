# LEGRADE-CANARY solutions/relu/correct/vectorized_function.py
import numpy as np


def one(value):
    return value if value > 0 else 0.0


def relu(x):
    return np.vectorize(one, otypes=[float])(x)
