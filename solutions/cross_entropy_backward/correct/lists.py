# LEGRADE-CANARY solutions/cross_entropy_backward/correct/lists.py
import math


def cross_entropy_backward(z, y):
    rows = []
    for row, label in zip(z.tolist(), y.tolist(), strict=True):
        top = max(row)
        powers = [math.exp(v - top) for v in row]
        total = sum(powers)
        rows.append([(p / total - (k == label)) / len(y) for k, p in enumerate(powers)])
    return rows
