# LEGRADE-CANARY solutions/relu/correct/clipped.py
def relu(x):
    return x.clip(min=0)
