# LEGRADE-CANARY solutions/build_sequential/correct/named_layers.py
from collections import OrderedDict

import torch.nn as nn


def build_sequential():
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(
                in_channels=1, out_channels=16, kernel_size=(3, 3), stride=1, padding=(1, 1), bias=False
            ),
            norm1=nn.BatchNorm2d(16),
            relu1=nn.ReLU(),
            pool1=nn.MaxPool2d(kernel_size=2, stride=2),
            conv2=nn.Conv2d(16, 32, (3, 3), padding="same", bias=False),
            norm2=nn.BatchNorm2d(num_features=32),
            relu2=nn.ReLU(),
            pool2=nn.MaxPool2d((2, 2)),
            flatten=nn.Flatten(start_dim=1),
            dropout=nn.Dropout(p=0.25),
            classifier=nn.Linear(32 * 7 * 7, 10),
        )
    )
