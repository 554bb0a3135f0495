# LEGRADE-CANARY solutions/softmax/correct/lists.py
import math


def softmax(z):
    rows = []
    for row in z.tolist():
        top = max(row)
        powers = [math.exp(v - top) for v in row]
        total = sum(powers)
        rows.append([p / total for p in powers])
    return rows
