# LEGRADE-CANARY solutions/softmax/mistakes/exponential-forgotten.py
def softmax(z):
    return z / z.sum(axis=1, keepdims=True)
