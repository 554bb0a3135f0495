# LEGRADE-CANARY solutions/relu/correct/copied_and_assigned.py
def relu(x):
    out = x.copy()
    out[out < 0] = 0
    return out
