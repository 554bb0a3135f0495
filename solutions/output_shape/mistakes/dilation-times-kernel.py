# LEGRADE-CANARY solutions/output_shape/mistakes/dilation-times-kernel.py
# needs: dilation
def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def axis_length(n, k, s, p, d):
    span = d * k
    if span > n + 2 * p:
        raise ValueError("the window does not fit")
    return (n + 2 * p - span) // s + 1


def output_shape(size, kernel_size, stride=1, padding=0, dilation=1):
    axes = zip(pair(size), pair(kernel_size), pair(stride), pair(padding), pair(dilation), strict=True)
    OH, OW = [axis_length(*axis) for axis in axes]
    return OH, OW
