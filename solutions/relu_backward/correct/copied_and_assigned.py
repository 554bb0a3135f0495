# LEGRADE-CANARY solutions/relu_backward/correct/copied_and_assigned.py
def relu_backward(dout, x):
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx
