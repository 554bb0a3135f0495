# LEGRADE-CANARY solutions/relu_backward/correct/lists.py
def relu_backward(dout, x):
    if x.ndim == 0:
        return float(dout) if x > 0 else 0.0
    return [relu_backward(d, part) for d, part in zip(dout, x, strict=True)]
