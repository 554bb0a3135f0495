# LEGRADE-CANARY solutions/softmax/correct/along_axis.py
import numpy as np


def of_row(row):
    shifted = row - np.sort(row)[-1]
    powers = np.e**shifted
    return powers / np.add.reduce(powers)


def softmax(z):
    return np.apply_along_axis(of_row, 1, z.astype(float))
