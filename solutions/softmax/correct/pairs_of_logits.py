# LEGRADE-CANARY solutions/softmax/correct/pairs_of_logits.py
import numpy as np


def softmax(z):
    # 1 / sum_j exp(z_j - z_i); where an exponential overflows, the probability is 0 as it should be.
    with np.errstate(over="ignore"):
        return 1.0 / np.exp(z[:, None, :] - z[:, :, None]).sum(axis=2)
