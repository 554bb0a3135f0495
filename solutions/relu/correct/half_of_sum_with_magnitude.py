# LEGRADE-CANARY solutions/relu/correct/half_of_sum_with_magnitude.py
import numpy as np


def relu(x):
    return 0.5 * (x + np.abs(x))
