# LEGRADE-CANARY solutions/relu/mistakes/argument-changed.py
def relu(x):
    x[x < 0] = 0
    return x
