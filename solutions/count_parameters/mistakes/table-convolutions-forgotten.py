# LEGRADE-CANARY solutions/count_parameters/mistakes/table-convolutions-forgotten.py
def linear(in_features, out_features, bias=True):
    weights = in_features * out_features
    return weights + out_features if bias else weights


def batchnorm2d(num_features):
    return 2 * num_features


COUNTS = {"linear": linear, "batchnorm2d": batchnorm2d}


def count_parameters(layers):
    total = 0
    for layer in layers:
        arguments = {key: value for key, value in layer.items() if key != "type"}
        if layer["type"] in COUNTS:
            total += COUNTS[layer["type"]](**arguments)
    return total
