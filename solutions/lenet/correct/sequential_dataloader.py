# LEGRADE-CANARY solutions/lenet/correct/sequential_dataloader.py
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def build_model():
    features = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )
    classifier = nn.Sequential(
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)
    )
    return nn.Sequential(features, classifier)


def fit(model, x_train, y_train, *, epochs, batch_size, lr, device, seed):
    model = model.to(device)
    loader = DataLoader(
        TensorDataset(x_train, y_train),
        batch_size=batch_size,
        shuffle=True,
        generator=torch.Generator().manual_seed(seed),
    )
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    history = []
    for _epoch in range(epochs):
        model.train()
        running = 0.0
        for inputs, targets in loader:
            optimizer.zero_grad()
            outputs = model(inputs.to(device))
            loss = criterion(outputs, targets.to(device))
            loss.backward()
            optimizer.step()
            running += loss.item() * inputs.size(0)
        history.append(running / len(loader.dataset))
    return history


@torch.no_grad()
def predict(model, x, *, batch_size, device):
    model = model.to(device).eval()
    loader = DataLoader(TensorDataset(x), batch_size=batch_size)
    return torch.cat([model(images.to(device)) for (images,) in loader]).cpu()


@torch.no_grad()
def evaluate(model, x, y, *, batch_size, device):
    model = model.to(device).eval()
    hits = [
        model(images.to(device)).argmax(1).eq(labels.to(device))
        for images, labels in DataLoader(TensorDataset(x, y), batch_size=batch_size)
    ]
    return torch.cat(hits).float().mean()
