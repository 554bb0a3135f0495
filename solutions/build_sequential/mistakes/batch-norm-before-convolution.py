# LEGRADE-CANARY solutions/build_sequential/mistakes/batch-norm-before-convolution.py
from torch import nn


def build_sequential():
    return nn.Sequential(
        nn.BatchNorm2d(1),
        nn.Conv2d(1, 16, kernel_size=3, padding=1, bias=False),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.BatchNorm2d(16),
        nn.Conv2d(16, 32, kernel_size=3, padding=1, bias=False),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.25),
        nn.Linear(32 * 7 * 7, 10),
    )
