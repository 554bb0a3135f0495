# LEGRADE-CANARY solutions/build_sequential/correct/relu_after_pooling.py
from torch import nn


def build_sequential():
    relu = nn.ReLU()  # it has nothing of its own, so both places may share it
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.MaxPool2d(2),
        relu,
        nn.Conv2d(16, 32, 3, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.MaxPool2d(2),
        relu,
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 10),
    )
