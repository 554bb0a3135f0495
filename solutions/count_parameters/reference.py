# LEGRADE-CANARY solutions/count_parameters/reference.py
def count_parameters(layers):
    """Count the parameters of a network that is given layer by layer.

    Parameters are the numbers that are trained, as in sum(p.numel() for p in model.parameters()): the running mean and
    variance of a batch normalisation are none. A layer that is listed twice counts twice.

    Args:
        layers: a list of dicts, one for each layer. The entry "type" says what a layer is; in brackets are its other
            entries, those with a default only where they are needed:
            "conv2d" ("in_channels", "out_channels", "kernel_size": an integer or a pair (height, width),
            "bias": True by default, "groups": 1 by default, a divisor of both channels),
            "linear" ("in_features", "out_features", "bias": True by default),
            "batchnorm2d" ("num_features": the number of channels),
            "maxpool2d" and "avgpool2d" ("kernel_size"), "relu", "flatten".

    Returns:
        The number of parameters of all layers together, an integer; 0 for an empty list.
    """
    # Shapes of weight and bias as in the documentation of torch.nn.Conv2d, Linear and BatchNorm2d.
    total = 0
    for layer in layers:
        if layer["type"] == "conv2d":
            kernel_size = layer["kernel_size"]
            height, width = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
            channels_read = layer["in_channels"] // layer.get("groups", 1)
            weights, biases = layer["out_channels"] * channels_read * height * width, layer["out_channels"]
        elif layer["type"] == "linear":
            weights, biases = layer["in_features"] * layer["out_features"], layer["out_features"]
        elif layer["type"] == "batchnorm2d":
            weights, biases = (
                layer["num_features"],
                layer["num_features"],
            )  # a scale and a shift for each channel
        else:
            weights, biases = 0, 0
        total += weights + biases if layer.get("bias", True) else weights
    return total
