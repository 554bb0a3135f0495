# LEGRADE-CANARY solutions/max_pool2d_backward/reference.py
import numpy as np


def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    """Send the gradient of max pooling back to the pixel of each window that was its maximum.

    dout (n, c, i, j) is the derivative of a loss by output (n, c, i, j) of max pooling. All of it goes to the largest
    pixel of that output's window; every other pixel of the window gets nothing from it. A pixel that is the largest
    of several windows gets the sum of what they send back, and one that is the largest of none gets 0.
    Where several pixels of a window are the largest, any of them may take the gradient, or they may share it, as
    long as the shares add up to it. The arguments stay as they are.

    Args:
        dout: gradient of the loss by the outputs, shape (N, C, OH, OW), with
            OH = floor((H + 2 * padding - kernel height) / stride) + 1, and OW in the same way; floats.
        x: the images that were pooled, shape (N, C, H, W); floats.
        kernel_size: height and width of the window in pixels, an integer >= 1, or a pair (height, width).
        stride: pixels from one window to the next, an integer >= 1, or a pair (along the height, along the width);
            None stands for kernel_size.
        padding: pixels of minus infinity put on each of the four sides, so that a padded pixel never wins; an
            integer >= 0, or a pair (above and below, left and right); at most half of kernel_size.

    Returns:
        Array of floats, dx: the gradient of the loss by the images, shape (N, C, H, W).
    """
    # Goodfellow, Bengio and Courville, Deep Learning (2016), sections 6.5 and 9.3: the chain rule through a maximum;
    # the first of equal pixels, row by row, takes the gradient, as in torch.nn.functional.max_pool2d.
    stride = kernel_size if stride is None else stride
    kernel_h, kernel_w = (kernel_size, kernel_size) if np.ndim(kernel_size) == 0 else kernel_size
    stride_h, stride_w = (stride, stride) if np.ndim(stride) == 0 else stride
    padding_h, padding_w = (padding, padding) if np.ndim(padding) == 0 else padding
    images, channels, height, width = x.shape
    out_h, out_w = dout.shape[2:]

    padded = np.full((images, channels, height + 2 * padding_h, width + 2 * padding_w), -np.inf)
    padded[:, :, padding_h : padding_h + height, padding_w : padding_w + width] = x
    gradient = np.zeros(padded.shape)
    for n in range(images):
        for c in range(channels):
            for i in range(out_h):
                top = i * stride_h
                for j in range(out_w):
                    left = j * stride_w
                    window = padded[n, c, top : top + kernel_h, left : left + kernel_w]
                    row, column = divmod(int(window.argmax()), kernel_w)
                    gradient[n, c, top + row, left + column] += dout[n, c, i, j]
    return gradient[:, :, padding_h : padding_h + height, padding_w : padding_w + width]
