# LEGRADE-CANARY solutions/relu/mistakes/shifted-to-zero.py
def relu(x):
    return x - x.min()
