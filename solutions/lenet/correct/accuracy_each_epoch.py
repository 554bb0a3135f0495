# LEGRADE-CANARY solutions/lenet/correct/accuracy_each_epoch.py
import copy

import torch
import torch.nn.functional as F
from torch import nn


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


def build_model():
    return LeNet()


def train_one_epoch(model, x, y, order, batch_size, optimizer):
    model.train()
    total = 0.0
    for batch in order.split(batch_size):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x[batch]), y[batch], reduction="sum")
        (loss / len(batch)).backward()
        optimizer.step()
        total += loss.item()
    return total / len(x)


def fit(model, x_train, y_train, *, epochs, batch_size, lr, device, seed):
    generator = torch.Generator().manual_seed(seed)
    model.to(device)
    x, y = x_train.to(device), y_train.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses, kept = [], None
    for epoch in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        losses.append(train_one_epoch(model, x, y, order, batch_size, optimizer))
        share = evaluate(model, x_train, y_train, batch_size=batch_size, device=device)
        kept = copy.deepcopy(model.state_dict())
        print(f"epoch {epoch + 1}: loss {losses[-1]:.3f}, accuracy {share:.3f}")  # noqa: T201
    if kept is not None:
        model.load_state_dict(kept)
    return losses


def predict(model, x, *, batch_size, device):
    was = model.training
    model.to(device).eval()
    with torch.no_grad():
        logits = torch.cat([model(part.to(device)).cpu() for part in x.split(batch_size)])
    model.train(was)
    return logits


def evaluate(model, x, y, *, batch_size, device):
    logits = predict(model, x, batch_size=batch_size, device=device)
    return (logits.max(dim=1)[1] == y).float().mean().item()
