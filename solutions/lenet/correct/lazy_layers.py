# LEGRADE-CANARY solutions/lenet/correct/lazy_layers.py
import torch
import torch.nn.functional as F
from torch import nn


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.LazyConv2d(6, kernel_size=5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2),
            nn.LazyConv2d(16, kernel_size=5),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2),
            nn.Flatten(),
            nn.LazyLinear(120),
            nn.ReLU(),
            nn.LazyLinear(84),
            nn.ReLU(),
            nn.LazyLinear(10),
        )

    def forward(self, x):
        return self.net(x)


def build_model():
    model = LeNet()
    model(torch.zeros(1, 1, 28, 28))
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
    count = len(x)
    logits = torch.empty(count, 10)
    with torch.inference_mode():
        for start in range(0, count, batch_size):
            stop = min(start + batch_size, count)
            logits[start:stop] = model(x[start:stop].to(device))
    return logits


def evaluate(model, x, y, *, batch_size, device):
    classes = predict(model, x, batch_size=batch_size, device=device).argmax(dim=-1)
    return (classes == y).double().mean().item()
