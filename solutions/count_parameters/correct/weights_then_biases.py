# LEGRADE-CANARY solutions/count_parameters/correct/weights_then_biases.py
def area(layer):
    size = layer["kernel_size"]
    return size[0] * size[1] if hasattr(size, "__len__") else size * size


def count_parameters(layers):
    convs = [layer for layer in layers if layer["type"] == "conv2d"]
    dense = [layer for layer in layers if layer["type"] == "linear"]
    norms = [layer for layer in layers if layer["type"] == "batchnorm2d"]
    weights = sum(a["in_channels"] * a["out_channels"] * area(a) // a.get("groups", 1) for a in convs)
    weights += sum(a["in_features"] * a["out_features"] for a in dense)
    biases = sum(a["out_channels"] for a in convs if a.get("bias", True))
    biases += sum(a["out_features"] for a in dense if a.get("bias", True))
    return weights + biases + sum(2.0 * a["num_features"] for a in norms)
