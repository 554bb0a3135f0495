# LEGRADE-CANARY solutions/avg_pool2d_forward/reference.py
import numpy as np


def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    """Take the mean of every window of every channel.

    Output (n, c, i, j) is the mean of the window of image n, channel c, whose first pixel is
    (i * stride, j * stride) of the padded image. A window that does not fit whole into the padded image is left out.
    The arguments stay as they are.

    Args:
        x: images, shape (N, C, H, W); integers or floats.
        kernel_size: height and width of the window in pixels, an integer >= 1, or a pair (height, width).
        stride: pixels from one window to the next, an integer >= 1, or a pair (along the height, along the width);
            None stands for kernel_size.
        padding: zeros put on each of the four sides, an integer >= 0, or a pair (above and below, left and right);
            at most half of kernel_size.
        count_include_pad: what the sum of a window is divided by: the number of all its pixels, padded ones too, when
            True; the number of those that lie on the image when False.

    Returns:
        Array of floats, shape (N, C, OH, OW), with
        OH = floor((H + 2 * padding - kernel height) / stride) + 1, and OW in the same way.
        At least one window fits in every call of the tests.
    """
    # Dumoulin and Visin, A guide to convolution arithmetic for deep learning, arXiv:1603.07285, section 3;
    # padding, its count and the default stride as in the documentation of torch.nn.AvgPool2d.
    stride = kernel_size if stride is None else stride
    kernel_h, kernel_w = (kernel_size, kernel_size) if np.ndim(kernel_size) == 0 else kernel_size
    stride_h, stride_w = (stride, stride) if np.ndim(stride) == 0 else stride
    padding_h, padding_w = (padding, padding) if np.ndim(padding) == 0 else padding
    images, channels, height, width = x.shape

    padded = np.zeros((images, channels, height + 2 * padding_h, width + 2 * padding_w))
    padded[:, :, padding_h : padding_h + height, padding_w : padding_w + width] = x
    counted = np.ones(padded.shape[2:])  # 1 where a pixel counts
    if not count_include_pad:
        counted[:] = 0
        counted[padding_h : padding_h + height, padding_w : padding_w + width] = 1
    out_h = (height + 2 * padding_h - kernel_h) // stride_h + 1
    out_w = (width + 2 * padding_w - kernel_w) // stride_w + 1
    out = np.zeros((images, channels, out_h, out_w))
    for i in range(out_h):
        rows = slice(i * stride_h, i * stride_h + kernel_h)
        for j in range(out_w):
            columns = slice(j * stride_w, j * stride_w + kernel_w)
            out[:, :, i, j] = padded[:, :, rows, columns].sum(axis=(2, 3)) / counted[rows, columns].sum()
    return out
