# LEGRADE-CANARY solutions/count_parameters/mistakes/output-channels-forgotten.py
def count_parameters(layers):
    total = 0
    for layer in layers:
        if layer["type"] == "conv2d":
            k = layer["kernel_size"]
            kh, kw = (k, k) if isinstance(k, int) else k
            channels = layer["in_channels"] // layer.get("groups", 1)
            total += channels * kh * kw
            if layer.get("bias", True):
                total += 1
        elif layer["type"] == "linear":
            total += layer["in_features"] * layer["out_features"]
            if layer.get("bias", True):
                total += layer["out_features"]
        elif layer["type"] == "batchnorm2d":
            total += 2 * layer["num_features"]
    return total
