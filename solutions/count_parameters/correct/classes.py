# LEGRADE-CANARY solutions/count_parameters/correct/classes.py
class Layer:
    def __init__(self, bias=True, **entries):
        self.bias = bias
        self.__dict__.update(entries)

    def size(self):
        return 0


class Conv(Layer):
    def size(self):
        size = self.kernel_size
        kh, kw = (size, size) if isinstance(size, int) else size
        per_filter = self.in_channels * kh * kw // getattr(self, "groups", 1) + int(self.bias)
        return self.out_channels * per_filter


class Linear(Layer):
    def size(self):
        return self.out_features * self.in_features + self.bias * self.out_features


class BatchNorm(Layer):
    def size(self):
        return self.num_features * 2


CLASSES = {"conv2d": Conv, "linear": Linear, "batchnorm2d": BatchNorm}


def count_parameters(layers):
    network = [CLASSES.get(layer["type"], Layer)(**layer) for layer in layers]
    return sum(layer.size() for layer in network)
