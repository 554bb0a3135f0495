# LEGRADE-CANARY solutions/relu_backward/correct/mask.py
def relu_backward(dout, x):
    return dout * (x > 0)
