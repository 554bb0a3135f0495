# LEGRADE-CANARY solutions/count_parameters/correct/branches.py
def count_parameters(layers):
    total = 0
    for layer in layers:
        kind = layer["type"]
        if kind == "conv2d":
            k = layer["kernel_size"]
            kh, kw = (k, k) if isinstance(k, int) else k
            groups = layer.get("groups", 1)
            total += groups * (layer["in_channels"] // groups) * (layer["out_channels"] // groups) * kh * kw
            total += layer["out_channels"] if layer.get("bias", True) else 0
        elif kind == "linear":
            inputs = layer["in_features"] + (1 if layer.get("bias", True) else 0)
            total += inputs * layer["out_features"]
        elif kind == "batchnorm2d":
            total += 2 * layer["num_features"]
    return total
