# LEGRADE-CANARY solutions/relu/correct/lists.py
def relu(x):
    if x.ndim > 0:
        return [relu(part) for part in x]
    return max(0.0, float(x))
