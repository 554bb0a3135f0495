# LEGRADE-CANARY solutions/build_sequential/mistakes/dropout-not-scaled.py
import torch
from torch import nn


class Drop(nn.Module):
    def forward(self, x):
        if not self.training:
            return x
        return x * (torch.rand_like(x) >= 0.25)


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
        Drop(),
        nn.Linear(32 * 7 * 7, 10),
    )
