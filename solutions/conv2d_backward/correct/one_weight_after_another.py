# LEGRADE-CANARY solutions/conv2d_backward/correct/one_weight_after_another.py
import numpy as np


def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    stride, padding, dilation = ((v, v) if isinstance(v, int) else v for v in (stride, padding, dilation))
    N, C, H, W = x.shape
    F, CG, KH, KW = w.shape
    OH, OW = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    padded = padded.reshape(N, groups, CG, H + 2 * padding[0], W + 2 * padding[1])
    d = dout.reshape(N, groups, F // groups, OH, OW)
    weights = w.reshape(groups, F // groups, CG, KH, KW)
    dpadded, dweights = np.zeros(padded.shape), np.zeros(weights.shape)
    for p in range(KH):
        for q in range(KW):
            top, left = p * dilation[0], q * dilation[1]
            rows = slice(top, top + stride[0] * (OH - 1) + 1, stride[0])
            columns = slice(left, left + stride[1] * (OW - 1) + 1, stride[1])
            dpadded[..., rows, columns] += np.einsum("ngfij,gfc->ngcij", d, weights[..., p, q])
            dweights[..., p, q] = np.einsum("ngfij,ngcij->gfc", d, padded[..., rows, columns])
    dx = dpadded.reshape(N, C, *dpadded.shape[3:])
    dx = dx[:, :, padding[0] : padding[0] + H, padding[1] : padding[1] + W]
    return dx, dweights.reshape(w.shape), np.einsum("nfij->f", dout)
