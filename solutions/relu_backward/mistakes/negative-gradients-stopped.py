# LEGRADE-CANARY solutions/relu_backward/mistakes/negative-gradients-stopped.py
def relu_backward(dout, x):
    return dout * (x > 0) * (dout > 0)
