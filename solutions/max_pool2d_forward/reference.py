# LEGRADE-CANARY solutions/max_pool2d_forward/reference.py
import numpy as np


def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    """Keep the largest value of every window of every channel.

    Output (n, c, i, j) is the maximum of the window of image n, channel c, whose first pixel is
    (i * stride, j * stride) of the padded image. A window that does not fit whole into the padded image is left out.
    The arguments stay as they are.

    Args:
        x: images, shape (N, C, H, W); floats.
        kernel_size: height and width of the window in pixels, an integer >= 1, or a pair (height, width).
        stride: pixels from one window to the next, an integer >= 1, or a pair (along the height, along the width);
            None stands for kernel_size.
        padding: pixels of minus infinity put on each of the four sides, so that a padded pixel never wins; an
            integer >= 0, or a pair (above and below, left and right); at most half of kernel_size.

    Returns:
        Array of floats, shape (N, C, OH, OW), with
        OH = floor((H + 2 * padding - kernel height) / stride) + 1, and OW in the same way.
        At least one window fits in every call of the tests.
    """
    # Dumoulin and Visin, A guide to convolution arithmetic for deep learning, arXiv:1603.07285, section 3;
    # padding with minus infinity and the default stride as in the documentation of torch.nn.MaxPool2d.
    stride = kernel_size if stride is None else stride
    kernel_h, kernel_w = (kernel_size, kernel_size) if np.ndim(kernel_size) == 0 else kernel_size
    stride_h, stride_w = (stride, stride) if np.ndim(stride) == 0 else stride
    padding_h, padding_w = (padding, padding) if np.ndim(padding) == 0 else padding
    images, channels, height, width = x.shape

    padded = np.full((images, channels, height + 2 * padding_h, width + 2 * padding_w), -np.inf)
    padded[:, :, padding_h : padding_h + height, padding_w : padding_w + width] = x
    out_h = (height + 2 * padding_h - kernel_h) // stride_h + 1
    out_w = (width + 2 * padding_w - kernel_w) // stride_w + 1
    out = np.zeros((images, channels, out_h, out_w))
    for i in range(out_h):
        top = i * stride_h
        for j in range(out_w):
            left = j * stride_w
            window = padded[:, :, top : top + kernel_h, left : left + kernel_w]
            out[:, :, i, j] = window.max(axis=(2, 3))
    return out
