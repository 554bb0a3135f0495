# LEGRADE-CANARY solutions/cross_entropy/correct/margins.py
import numpy as np


def cross_entropy(z, y):
    # log sum_k exp(z_k - z_y), with the largest margin taken out.
    margins = np.stack([row - row[label] for row, label in zip(z, y, strict=True)])
    largest = margins.max(axis=1)
    rest = np.exp(margins - largest[:, np.newaxis])
    return float(np.average(largest + np.log(rest.sum(axis=-1))))
