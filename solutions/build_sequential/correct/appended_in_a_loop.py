# LEGRADE-CANARY solutions/build_sequential/correct/appended_in_a_loop.py
import torch
from torch import nn


def build_sequential():
    layers, channels = [], 1
    for filters in (16, 32):
        layers.append(nn.Conv2d(channels, filters, kernel_size=3, stride=1, padding=1, bias=False))
        layers.append(nn.BatchNorm2d(filters, eps=1e-05, momentum=0.1))
        layers += [nn.ReLU(), nn.MaxPool2d(2, 2)]
        channels = filters
    features = nn.Sequential(*layers)
    with torch.no_grad():
        size = features.eval()(torch.zeros(1, 1, 28, 28)).numel()
    features.train()
    for layer in (nn.Flatten(), nn.Dropout(0.25), nn.Linear(size, 10)):
        features.append(layer)
    return features
