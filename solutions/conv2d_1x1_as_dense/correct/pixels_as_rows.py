# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/correct/pixels_as_rows.py
def conv2d_1x1_as_dense(x, w, b=None):
    N, C, H, W = x.shape
    F = w.shape[0]
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out = rows.dot(w.reshape(F, C).T)
    if b is not None:
        out = out + b
    return out.reshape(N, H, W, F).transpose(0, 3, 1, 2)
