# LEGRADE-CANARY solutions/lenet/correct/adam_by_hand.py
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


def adam_step(parameters, state, lr, step):
    for p, (m, v) in zip(parameters, state, strict=True):
        m.mul_(0.9).add_(p.grad, alpha=0.1)
        v.mul_(0.999).addcmul_(p.grad, p.grad, value=0.001)
        p.sub_(lr * (m / (1 - 0.9**step)) / ((v / (1 - 0.999**step)).sqrt() + 1e-8))


def fit(model, x_train, y_train, *, epochs, batch_size, lr, device, seed):
    g = torch.Generator()
    g.manual_seed(seed)
    model = model.to(device).train()
    params = list(model.parameters())
    state = [(torch.zeros_like(p), torch.zeros_like(p)) for p in params]
    losses, step = [], 0
    for _ in range(epochs):
        order = torch.randperm(x_train.shape[0], generator=g)
        seen = []
        for batch in torch.split(order, batch_size):
            images, labels = x_train[batch].to(device), y_train[batch].to(device)
            for p in params:
                p.grad = None
            log_p = F.log_softmax(model(images), dim=1)
            loss = F.nll_loss(log_p, labels)
            loss.backward()
            step += 1
            with torch.no_grad():
                adam_step(params, state, lr, step)
            seen.append(loss.detach() * len(batch))
        losses.append((torch.stack(seen).sum() / len(x_train)).item())
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
    total = 0.0
    with torch.no_grad():
        for images, labels in zip(torch.split(x, batch_size), torch.split(y, batch_size), strict=True):
            share = (model(images.to(device)).max(dim=1).indices.cpu() == labels).float().mean()
            total += share.item() * len(images)
    return total / len(x)
