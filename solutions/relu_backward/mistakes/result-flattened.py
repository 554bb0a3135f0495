# LEGRADE-CANARY solutions/relu_backward/mistakes/result-flattened.py
def relu_backward(dout, x):
    return [d if v > 0 else 0.0 for d, v in zip(dout.ravel(), x.ravel(), strict=True)]
