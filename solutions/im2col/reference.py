# LEGRADE-CANARY solutions/im2col/reference.py
import numpy as np


def im2col(x, kernel_size, stride=1, padding=0):
    """Write every window of an image as a column of a matrix.

    The windows are those of a convolution: window (i, j) has its first pixel at (i * stride, j * stride) of the padded
    image, and one that does not fit whole into the padded image is left out. It becomes column i * OW + j. From top to
    bottom a column holds the window's first channel row by row, then the second channel, and so on. The arguments stay
    as they are.

    Args:
        x: images, shape (N, C, H, W); floats.
        kernel_size: height and width of the window in pixels, an integer >= 1, or a pair (KH, KW).
        stride: pixels from one window to the next, an integer >= 1, or a pair (along the height, along the width).
        padding: zeros put on each of the four sides, an integer >= 0, or a pair (above and below, left and right).

    Returns:
        Array of floats, shape (N, C * KH * KW, OH * OW), with
        OH = floor((H + 2 * padding - KH) / stride) + 1, and OW in the same way.
        At least one window fits in every call of the tests.
    """
    # Chellapilla, Puri and Simard, High performance convolutional neural networks for document processing, 2006;
    # order of rows and columns as in the documentation of torch.nn.Unfold.
    kernel_h, kernel_w = (kernel_size, kernel_size) if np.ndim(kernel_size) == 0 else kernel_size
    stride_h, stride_w = (stride, stride) if np.ndim(stride) == 0 else stride
    padding_h, padding_w = (padding, padding) if np.ndim(padding) == 0 else padding
    images, channels, height, width = x.shape

    padded = np.zeros((images, channels, height + 2 * padding_h, width + 2 * padding_w))
    padded[:, :, padding_h : padding_h + height, padding_w : padding_w + width] = x
    out_h = (height + 2 * padding_h - kernel_h) // stride_h + 1
    out_w = (width + 2 * padding_w - kernel_w) // stride_w + 1
    columns = np.zeros((images, channels * kernel_h * kernel_w, out_h * out_w))
    for i in range(out_h):
        top = i * stride_h
        for j in range(out_w):
            left = j * stride_w
            window = padded[:, :, top : top + kernel_h, left : left + kernel_w]
            columns[:, :, i * out_w + j] = window.reshape(images, -1)
    return columns
