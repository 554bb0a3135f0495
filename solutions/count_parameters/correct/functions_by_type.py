# LEGRADE-CANARY solutions/count_parameters/correct/functions_by_type.py
def conv2d(in_channels, out_channels, kernel_size, bias=True, groups=1):
    kh, kw = kernel_size if isinstance(kernel_size, (list, tuple)) else (kernel_size, kernel_size)
    return out_channels * (in_channels // groups * kh * kw + bool(bias))


def linear(in_features, out_features, bias=True):
    return out_features * (in_features + bool(bias))


def batchnorm2d(num_features):
    return num_features + num_features


def nothing(**_):
    return 0


def count_parameters(layers):
    counts = {"conv2d": conv2d, "linear": linear, "batchnorm2d": batchnorm2d}
    total = 0
    for layer in layers:
        entries = dict(layer)
        total += counts.get(entries.pop("type"), nothing)(**entries)
    return total
