# LEGRADE-CANARY solutions/relu_backward/mistakes/gradient-summed-over-the-batch.py
def relu_backward(dout, x):
    return (dout * (x > 0)).sum(axis=0)
