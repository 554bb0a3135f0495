# LEGRADE-CANARY solutions/conv2d_forward/reference.py
import numpy as np


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    """Cross-correlate a batch of images with a bank of filters.

    As in PyTorch, "convolution" means cross-correlation: the kernel is laid on the image without being flipped.
    Output (n, f, i, j) is the sum of the products of filter f and the window of image n whose first pixel is
    (i * stride, j * stride) of the padded image, plus the bias of filter f. A window that does not fit whole
    into the padded image is left out. The arguments stay as they are.

    Args:
        x: images, shape (N, C, H, W); integers or floats.
        w: filters, shape (F, C // groups, KH, KW).
        b: one bias for each filter, shape (F,), or None for no bias.
        stride: pixels from one window to the next, an integer >= 1, or a pair (along the height, along the width).
        padding: zeros put on each of the four sides, an integer >= 0, or a pair (above and below, left and right).
        dilation: distance between neighbouring entries of the kernel in pixels, an integer >= 1, or a pair.
        groups: number of equal shares into which channels and filters are split, in order; the filters of a share
            read only the channels of that share. It divides both C and F.

    Returns:
        Array of floats, shape (N, F, OH, OW), with
        OH = floor((H + 2 * padding - dilation * (KH - 1) - 1) / stride) + 1, and OW in the same way.
        At least one window fits in every call of the tests.
    """
    # Dumoulin and Visin, A guide to convolution arithmetic for deep learning, arXiv:1603.07285, Relationships 6 and 15;
    # argument meaning and grouping as in the documentation of torch.nn.Conv2d.
    stride_h, stride_w = (stride, stride) if np.ndim(stride) == 0 else stride
    padding_h, padding_w = (padding, padding) if np.ndim(padding) == 0 else padding
    dilation_h, dilation_w = (dilation, dilation) if np.ndim(dilation) == 0 else dilation
    images, channels, height, width = x.shape
    filters, share, kernel_h, kernel_w = w.shape
    span_h = dilation_h * (kernel_h - 1) + 1
    span_w = dilation_w * (kernel_w - 1) + 1

    padded = np.zeros((images, channels, height + 2 * padding_h, width + 2 * padding_w))
    padded[:, :, padding_h : padding_h + height, padding_w : padding_w + width] = x
    out_h = (height + 2 * padding_h - span_h) // stride_h + 1
    out_w = (width + 2 * padding_w - span_w) // stride_w + 1
    out = np.zeros((images, filters, out_h, out_w))
    for f in range(filters):
        first = f // (filters // groups) * share
        for i in range(out_h):
            rows = slice(i * stride_h, i * stride_h + span_h, dilation_h)
            for j in range(out_w):
                columns = slice(j * stride_w, j * stride_w + span_w, dilation_w)
                window = padded[:, first : first + share, rows, columns]  # (N, C // groups, KH, KW)
                out[:, f, i, j] = np.sum(window * w[f], axis=(1, 2, 3))
        if b is not None:
            out[:, f] += b[f]
    return out
