# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/mistakes/reshape-for-transpose.py
def conv2d_1x1_as_dense(x, w, b=None):
    N, C, H, W = x.shape
    F = w.shape[0]
    pixels = x.reshape(N * H * W, C)
    out = pixels @ w.reshape(F, C).T
    if b is not None:
        out = out + b
    return out.reshape(N, H, W, F).transpose(0, 3, 1, 2)
