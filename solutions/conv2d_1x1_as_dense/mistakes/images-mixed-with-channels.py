# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/mistakes/images-mixed-with-channels.py
def conv2d_1x1_as_dense(x, w, b=None):
    N, C, H, W = x.shape
    F = len(w)
    weights = w[:, :, 0, 0]
    out = weights @ x.reshape(C, N * H * W)
    if b is not None:
        out += b[:, None]
    return out.reshape(F, N, H, W).transpose(1, 0, 2, 3)
