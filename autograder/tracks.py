"""What an assignment's `dataset` stands for: how long and how fast the model is trained, by data set and architecture.

The recipes of the fast tracks, for one core, stand in `training.RECIPES`; those of the longer ones here.
"""

from dataclasses import replace

from autograder.training import RECIPES, Recipe

LONGER = {
    "cifar10": Recipe(epochs=4, batch_size=32, lr=1e-3),
    "fashion_mnist_full": Recipe(epochs=3, batch_size=128, lr=2e-3),
    "mnist_full": Recipe(epochs=2, batch_size=64, lr=1e-3),
}
"""Some 20 s on one idle core."""


SIGMOID_LR, SIGMOID_EPOCHS = 2e-3, 2
"""Sigmoids learn little at the rate of ReLUs, and sometimes nothing at twice this one; and they take so many times the epochs."""


def recipe(dataset: str, epochs: int | None = None, *, variant: str = "relu") -> Recipe:
    """Give the recipe of a data set that `datasets.load` knows.

    Args:
        dataset: its name.
        epochs: another number of them than the recipe's.
        variant: the name of an architecture, which begins with its activation.

    >>> recipe("mnist_full", epochs=1)
    Recipe(epochs=1, batch_size=64, lr=0.001)
    >>> recipe("digits", variant="sigmoid-1x28x28-unpadded")
    Recipe(epochs=20, batch_size=32, lr=0.002)
    """
    known = {**RECIPES, **LONGER}[dataset]
    if variant.partition("-")[0] == "sigmoid":
        known = replace(known, lr=SIGMOID_LR, epochs=SIGMOID_EPOCHS * known.epochs)
    return known if epochs is None else replace(known, epochs=epochs)
