# LEGRADE-CANARY solutions/relu/mistakes/relu-forgotten.py
import numpy as np


def relu(x):
    return np.array(x)
