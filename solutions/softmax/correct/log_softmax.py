# LEGRADE-CANARY solutions/softmax/correct/log_softmax.py
import numpy as np


def softmax(z):
    out = np.empty(z.shape)
    for n, row in enumerate(z):
        m = row[np.argmax(row)]
        log_p = row - m - np.log(sum(np.exp(v - m) for v in row))
        out[n, :] = np.exp(log_p)
    return out
