# LEGRADE-CANARY solutions/cross_entropy/correct/single_precision_log_add_exp.py
import numpy as np


def cross_entropy(z, y):
    z = z.astype(np.float32)
    return (np.logaddexp.reduce(z, axis=1) - z[np.arange(len(y)), y]).mean()
