# LEGRADE-CANARY solutions/count_parameters/correct/shapes.py
import numpy as np


def shapes(layer):
    """List the shapes of a layer's arrays, as PyTorch stores them."""
    if layer["type"] == "conv2d":
        kh, kw = np.broadcast_to(layer["kernel_size"], 2)
        F = layer["out_channels"]
        weight = (F, layer["in_channels"] // layer.get("groups", 1), kh, kw)
        return [weight, (F,)] if layer.get("bias", True) else [weight]
    if layer["type"] == "linear":
        weight = (layer["out_features"], layer["in_features"])
        return [weight, weight[:1]] if layer.get("bias", True) else [weight]
    if layer["type"] == "batchnorm2d":
        return 2 * [(layer["num_features"],)]
    return []


def count_parameters(layers):
    return sum(np.prod(shape) for layer in layers for shape in shapes(layer))
