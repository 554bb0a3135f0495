# LEGRADE-CANARY solutions/relu/mistakes/negatives-dropped.py
def relu(x):
    return x[x > 0]
