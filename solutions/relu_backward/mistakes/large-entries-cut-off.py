# LEGRADE-CANARY solutions/relu_backward/mistakes/large-entries-cut-off.py
def relu_backward(dout, x):
    return dout * ((x > 0) & (x < 1))
