# LEGRADE-CANARY solutions/count_parameters/correct/pattern_matching.py
def count(layer):
    match layer:
        case {"type": "conv2d", "in_channels": c, "out_channels": f, "kernel_size": k}:
            kh, kw = k if isinstance(k, tuple) else (k, k)
            return f * (c // layer.get("groups", 1)) * kh * kw + f * layer.get("bias", True)
        case {"type": "linear", "in_features": n, "out_features": m}:
            return n * m + m * layer.get("bias", True)
        case {"type": "batchnorm2d", "num_features": c}:
            return 2 * c
        case _:
            return 0


def count_parameters(layers):
    return sum(map(count, layers))
