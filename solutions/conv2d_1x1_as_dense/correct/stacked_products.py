# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/correct/stacked_products.py
def conv2d_1x1_as_dense(x, w, b=None):
    images = x.reshape(*x.shape[:2], -1)
    out = w.squeeze(axis=(2, 3)) @ images  # a product for each image, broadcast over the batch
    if b is not None:
        out = out + b.reshape(-1, 1)
    return out.reshape(len(x), len(w), *x.shape[2:])
