# LEGRADE-CANARY solutions/build_sequential/correct/subclass_with_other_weights.py
from torch import nn
from torch.nn import functional as F


class Rectifier(nn.Module):
    def forward(self, x):
        return F.relu(x)


class Images(nn.Module):
    def forward(self, x):
        return x.view(x.shape[0], -1)


class SmallNet(nn.Sequential):
    def __init__(self):
        super().__init__()
        self.add_module("conv1", nn.Conv2d(1, 16, 3, padding=1, bias=False))
        self.add_module("bn1", nn.BatchNorm2d(16))
        self.add_module("act1", Rectifier())
        self.add_module("pool1", nn.MaxPool2d(2))
        self.add_module("conv2", nn.Conv2d(16, 32, 3, padding=1, bias=False))
        self.add_module("bn2", nn.BatchNorm2d(32))
        self.add_module("act2", Rectifier())
        self.add_module("pool2", nn.MaxPool2d(2))
        self.add_module("flat", Images())
        self.add_module("drop", nn.Dropout(0.25))
        self.add_module("fc", nn.Linear(32 * 7 * 7, 10))


def build_sequential():
    net = SmallNet()
    for layer in net:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    nn.init.zeros_(net.fc.bias)
    return net
