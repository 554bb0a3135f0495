# LEGRADE-CANARY solutions/build_sequential/correct/lazy_layers.py
from torch import nn


def build_sequential():
    return nn.Sequential(
        nn.LazyConv2d(16, kernel_size=3, padding=1, bias=False),
        nn.LazyBatchNorm2d(),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.LazyConv2d(32, kernel_size=3, padding=1, bias=False),
        nn.LazyBatchNorm2d(),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.25),
        nn.LazyLinear(10),
    )
