# LEGRADE-CANARY solutions/conv2d_backward/reference.py
import numpy as np


def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    """Send the gradient of a convolution back to its images, its filters and its biases.

    dout (n, f, i, j) is the derivative of a loss by output (n, f, i, j) of the convolution of x with w, which means
    cross-correlation, as in PyTorch. That output is the sum of the products of filter f and a window of image n,
    plus bias f: so it sends its gradient times the weights to the pixels of the window, its gradient times the
    pixels to the weights, and its gradient to the bias. What a pixel, a weight or a bias is sent by several outputs
    is added; nothing is averaged, and nothing is sent to the padding. The arguments stay as they are.

    Args:
        dout: gradient of the loss by the outputs, shape (N, F, OH, OW), with
            OH = floor((H + 2 * padding - dilation * (KH - 1) - 1) / stride) + 1, and OW in the same way; floats.
        x: images, shape (N, C, H, W); integers or floats.
        w: filters, shape (F, C // groups, KH, KW).
        stride: pixels from one window to the next, an integer >= 1, or a pair (along the height, along the width).
        padding: zeros put on each of the four sides, an integer >= 0, or a pair (above and below, left and right).
        dilation: distance between neighbouring entries of the kernel in pixels, an integer >= 1, or a pair.
        groups: number of equal shares into which channels and filters are split, in order; the filters of a share
            read only the channels of that share. It divides both C and F.

    Returns:
        Three arrays of floats, in this order:
        dx, the gradient of the loss by the images, shape (N, C, H, W), without the padding;
        dw, the gradient by the filters, shape (F, C // groups, KH, KW);
        db, the gradient by the biases, shape (F,).
    """
    # Goodfellow, Bengio and Courville, Deep Learning (2016), section 9.5, equations 9.11 and 9.13;
    # argument meaning and grouping as in the documentation of torch.nn.Conv2d.
    stride_h, stride_w = (stride, stride) if np.ndim(stride) == 0 else stride
    padding_h, padding_w = (padding, padding) if np.ndim(padding) == 0 else padding
    dilation_h, dilation_w = (dilation, dilation) if np.ndim(dilation) == 0 else dilation
    images, channels, height, width = x.shape
    filters, share, kernel_h, kernel_w = w.shape
    out_h, out_w = dout.shape[2:]
    span_h = dilation_h * (kernel_h - 1) + 1
    span_w = dilation_w * (kernel_w - 1) + 1

    padded = np.zeros((images, channels, height + 2 * padding_h, width + 2 * padding_w))
    padded[:, :, padding_h : padding_h + height, padding_w : padding_w + width] = x
    dpadded = np.zeros(padded.shape)
    dw = np.zeros(w.shape)
    for f in range(filters):
        first = f // (filters // groups) * share
        for i in range(out_h):
            rows = slice(i * stride_h, i * stride_h + span_h, dilation_h)
            for j in range(out_w):
                columns = slice(j * stride_w, j * stride_w + span_w, dilation_w)
                window = (slice(None), slice(first, first + share), rows, columns)  # (N, C // groups, KH, KW)
                sent = dout[:, f, i, j].reshape(images, 1, 1, 1)
                dpadded[window] += sent * w[f]
                dw[f] += np.sum(sent * padded[window], axis=0)
    dx = dpadded[:, :, padding_h : padding_h + height, padding_w : padding_w + width]
    return dx, dw, np.sum(dout, axis=(0, 2, 3), dtype=float)
