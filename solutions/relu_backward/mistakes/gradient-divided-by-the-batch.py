# LEGRADE-CANARY solutions/relu_backward/mistakes/gradient-divided-by-the-batch.py
def relu_backward(dout, x):
    return dout * (x > 0) / len(x)
