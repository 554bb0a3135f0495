# LEGRADE-CANARY solutions/relu_backward/mistakes/relu-passes-every-gradient.py
def relu_backward(dout, x):
    return dout.copy()
