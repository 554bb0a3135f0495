# LEGRADE-CANARY solutions/relu_backward/mistakes/input-and-gradient-exchanged.py
def relu_backward(dout, x):
    return x * (dout > 0)
