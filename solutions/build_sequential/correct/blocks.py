# LEGRADE-CANARY solutions/build_sequential/correct/blocks.py
from torch import nn


def block(channels, filters):
    return nn.Sequential(
        nn.Conv2d(channels, filters, 3, padding=1, bias=False),
        nn.BatchNorm2d(filters),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
    )


def build_sequential():
    head = nn.Sequential(nn.Flatten(), nn.Dropout(0.25), nn.Linear(32 * 7 * 7, 10))
    return nn.Sequential(block(1, 16), block(16, 32), head)
