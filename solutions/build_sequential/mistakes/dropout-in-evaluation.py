# LEGRADE-CANARY solutions/build_sequential/mistakes/dropout-in-evaluation.py
from torch import nn
from torch.nn import functional as F


class AlwaysDrop(nn.Module):
    def forward(self, x):
        return F.dropout(x, 0.25)


def build_sequential():
    return nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        AlwaysDrop(),
        nn.Linear(32 * 7 * 7, 10),
    )
