# LEGRADE-CANARY solutions/cross_entropy/correct/lists.py
import math


def cross_entropy(z, y):
    total = 0.0
    for row, label in zip(z.tolist(), y.tolist(), strict=True):
        top = max(row)
        total += top + math.log(math.fsum(math.exp(v - top) for v in row)) - row[label]
    return total / len(y)
