# LEGRADE-CANARY solutions/lenet/correct/convolution_as_classifier.py
import torch
import torch.nn.functional as F
from torch import nn


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, kernel_size=(5, 5), stride=1, padding=(2, 2))
        self.s2 = nn.MaxPool2d((2, 2), stride=(2, 2))
        self.c3 = nn.Conv2d(6, 16, kernel_size=(5, 5))
        self.s4 = nn.MaxPool2d((2, 2), stride=(2, 2))
        self.c5 = nn.Conv2d(16, 120, kernel_size=(5, 5))  # LeCun's own way to write the first linear layer
        self.f6 = nn.Linear(120, 84)
        self.output = nn.Linear(84, 10)
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x):
        x = self.s2(self.activation(self.c1(x)))
        x = self.s4(self.activation(self.c3(x)))
        x = self.activation(self.c5(x)).view(-1, 120)
        return self.output(self.activation(self.f6(x)))


def build_model():
    model = LeNet()
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    return model


def fit(model, x_train, y_train, *, epochs, batch_size, lr, device, seed):
    torch.manual_seed(seed)
    model.to(device)
    model.train()
    x, y = x_train.to(device), y_train.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        order = torch.randperm(len(x))
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        losses.append(total / len(x))
    return losses


def predict(model, x, *, batch_size, device):
    model.to(device)
    model.eval()
    with torch.no_grad():
        logits = [model(x[i : i + batch_size].to(device)).cpu() for i in range(0, len(x), batch_size)]
    return torch.cat(logits)


def evaluate(model, x, y, *, batch_size, device):
    model.to(device)
    model.eval()
    right = 0
    with torch.no_grad():
        for i in range(0, len(x), batch_size):
            logits = model(x[i : i + batch_size].to(device))
            right += (logits.argmax(dim=1) == y[i : i + batch_size].to(device)).sum().item()
    return right / len(x)
