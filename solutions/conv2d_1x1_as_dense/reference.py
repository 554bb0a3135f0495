# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/reference.py
import numpy as np


def conv2d_1x1_as_dense(x, w, b=None):
    """Compute a 1x1 convolution by one matrix product.

    The window of a 1x1 convolution is one pixel: its values in all channels are a vector, and the filters are a dense
    layer that turns this vector into one value for each filter. Output (n, f, i, j) is the sum over the channels c of
    x[n, c, i, j] * w[f, c, 0, 0], plus the bias of filter f. The arguments stay as they are.

    Args:
        x: images, shape (N, C, H, W); integers or floats.
        w: filters, shape (F, C, 1, 1).
        b: one bias for each filter, shape (F,), or None for no bias.

    Returns:
        Array of floats, shape (N, F, H, W).
    """
    # Lin, Chen and Yan, Network In Network, arXiv:1312.4400, section 3.1; a dense layer as in torch.nn.Linear.
    images, channels, height, width = x.shape
    filters = w.shape[0]
    pixels = np.moveaxis(x, 1, 3).reshape(images * height * width, channels)
    products = pixels @ w.reshape(filters, channels).astype(float).T  # (N * H * W, F)
    if b is not None:
        products += b
    return np.moveaxis(products.reshape(images, height, width, filters), 3, 1)
