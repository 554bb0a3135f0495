# LEGRADE-CANARY solutions/count_parameters/correct/recursive.py
# features: bias
def count_parameters(layers):
    if not layers:
        return 0
    first, rest = layers[0], layers[1:]
    own = 0
    if first["type"] in ("conv2d", "linear"):
        area = first.get("kernel_size", 1) ** 2
        inputs = first.get("in_channels") or first.get("in_features")
        outputs = first.get("out_channels") or first.get("out_features")
        own = inputs * outputs * area
        if "bias" not in first or first["bias"]:
            own += outputs
    return own + count_parameters(rest)
