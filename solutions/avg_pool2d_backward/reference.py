# LEGRADE-CANARY solutions/avg_pool2d_backward/reference.py
import numpy as np


def avg_pool2d_backward(dout, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    """Send the gradient of average pooling back to the pixels of each window.

    dout (n, c, i, j) is the derivative of a loss by output (n, c, i, j) of average pooling. Each pixel of that output's
    window gets an equal part of it; a pixel that lies in several windows gets the sum of its parts, and one that lies
    in none gets 0. The image's values do not matter, so only its shape is passed in. The arguments stay as they are.

    Args:
        dout: gradient of the loss by the outputs, shape (N, C, OH, OW), with
            OH = floor((H + 2 * padding - kernel height) / stride) + 1, and OW in the same way; floats.
        x_shape: shape of the images that were pooled, a tuple (N, C, H, W).
        kernel_size: height and width of the window in pixels, an integer >= 1, or a pair (height, width).
        stride: pixels from one window to the next, an integer >= 1, or a pair (along the height, along the width);
            None stands for kernel_size.
        padding: zeros that were put on each of the four sides, an integer >= 0, or a pair (above and below, left and
            right); at most half of kernel_size.
        count_include_pad: what the sum of a window was divided by: the number of all its pixels, padded ones too, when
            True; the number of those that lie on the image when False.

    Returns:
        Array of floats, dx: the gradient of the loss by the images, shape (N, C, H, W).
    """
    # Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.5: the chain rule through a mean;
    # padding, its count and the default stride as in the documentation of torch.nn.AvgPool2d.
    stride = kernel_size if stride is None else stride
    kernel_h, kernel_w = (kernel_size, kernel_size) if np.ndim(kernel_size) == 0 else kernel_size
    stride_h, stride_w = (stride, stride) if np.ndim(stride) == 0 else stride
    padding_h, padding_w = (padding, padding) if np.ndim(padding) == 0 else padding
    _, _, height, width = x_shape
    out_h, out_w = dout.shape[2:]

    dx = np.zeros(x_shape)
    for i in range(out_h):
        top, bottom = i * stride_h - padding_h, i * stride_h - padding_h + kernel_h
        rows = slice(max(top, 0), min(bottom, height))  # of the window, those on the image
        for j in range(out_w):
            left, right = j * stride_w - padding_w, j * stride_w - padding_w + kernel_w
            columns = slice(max(left, 0), min(right, width))
            on_image = (rows.stop - rows.start) * (columns.stop - columns.start)
            counted = kernel_h * kernel_w if count_include_pad else on_image
            dx[:, :, rows, columns] += dout[:, :, i, j, None, None] / counted
    return dx
