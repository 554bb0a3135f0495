# LEGRADE-CANARY solutions/output_shape/reference.py
def output_shape(size, kernel_size, stride=1, padding=0, dilation=1):
    """Work out the height and width that a convolution or a pooling gives.

    They are the numbers of positions at which the window lies whole on the padded image, along each axis.

    Args:
        size: height and width of the image in pixels, a pair (H, W), or one integer >= 1 for both.
        kernel_size: height and width of the window, an integer >= 1, or a pair (height, width).
        stride: pixels from one position to the next, an integer >= 1, or a pair (along the height, along the width).
        padding: pixels put on each of the four sides, an integer >= 0, or a pair (above and below, left and right).
        dilation: distance between neighbouring entries of the window in pixels, an integer >= 1, or a pair.

    Returns:
        A pair (OH, OW) of whole numbers, with
        OH = floor((H + 2 * padding - dilation * (kernel height - 1) - 1) / stride) + 1, and OW in the same way.

    Raises:
        ValueError: along at least one axis no window fits into the padded image.
    """
    # Dumoulin and Visin, A guide to convolution arithmetic for deep learning, arXiv:1603.07285, Relationship 15;
    # argument meaning as in the documentation of torch.nn.Conv2d, section "Shape".
    lengths = []
    for axis in (0, 1):
        n, k, s, p, d = (
            value if isinstance(value, int) else value[axis]
            for value in (size, kernel_size, stride, padding, dilation)
        )
        span = d * (k - 1) + 1
        if span > n + 2 * p:
            raise ValueError(f"a window of {span} px does not fit into {n} px padded by {p} px on each side")
        lengths.append((n + 2 * p - span) // s + 1)
    return tuple(lengths)
