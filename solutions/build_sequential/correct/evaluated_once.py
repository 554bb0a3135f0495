# LEGRADE-CANARY solutions/build_sequential/correct/evaluated_once.py
import torch
import torch.nn as nn


def build_sequential():
    model = nn.Sequential(
        nn.ZeroPad2d(1),
        nn.Conv2d(1, 16, 3, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(14),
        nn.ZeroPad2d(1),
        nn.Conv2d(16, 32, 3, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(7),
        nn.Flatten(),
        nn.Dropout(0.25),
        nn.Linear(32 * 7 * 7, 10),
    )
    model.eval()
    assert model(torch.zeros(2, 1, 28, 28)).shape == (2, 10)
    model.train()
    return model
