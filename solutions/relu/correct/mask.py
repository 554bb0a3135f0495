# LEGRADE-CANARY solutions/relu/correct/mask.py
def relu(x):
    return x * (x > 0)
