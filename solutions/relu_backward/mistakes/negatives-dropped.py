# LEGRADE-CANARY solutions/relu_backward/mistakes/negatives-dropped.py
def relu_backward(dout, x):
    return dout[x > 0]
