# LEGRADE-CANARY solutions/count_parameters/mistakes/total-overwritten.py
def conv2d(in_channels, out_channels, kernel_size, bias=True, groups=1):
    kh, kw = kernel_size if isinstance(kernel_size, (list, tuple)) else (kernel_size, kernel_size)
    weights = out_channels * (in_channels // groups) * kh * kw
    return weights + out_channels if bias else weights


def linear(in_features, out_features, bias=True):
    weights = in_features * out_features
    return weights + out_features if bias else weights


def batchnorm2d(num_features):
    return 2 * num_features


COUNTS = {"conv2d": conv2d, "linear": linear, "batchnorm2d": batchnorm2d}


def count_parameters(layers):
    total = 0
    for layer in layers:
        arguments = {key: value for key, value in layer.items() if key != "type"}
        if layer["type"] in COUNTS:
            total = COUNTS[layer["type"]](**arguments)
    return total
