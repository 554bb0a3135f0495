"""Training loops as listings: what one looks like, and how each of its usual faults is put into it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

NAMES = (
    {"x": "images", "y": "labels", "out": "logits", "loss_fn": "criterion"},
    {"x": "x", "y": "y", "out": "scores", "loss_fn": "loss_fn"},
    {"x": "inputs", "y": "targets", "out": "outputs", "loss_fn": "criterion"},
)
OPTIMIZERS = (
    "torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)",
    "torch.optim.Adam(model.parameters(), lr=0.001)",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a listing: what it does, how far it is indented, and its text."""

    does: str
    indent: int
    text: str


Listing = tuple[Line, ...]


def right(names: Mapping[str, str], optimizer: str, epochs: int, *, early: bool, totals: bool) -> Listing:
    """Return a training loop without a fault.

    Args:
        names: what batch, labels, outputs and loss function are called.
        optimizer: the call that makes it.
        epochs: how many.
        early: whether gradients are set to zero at the start of the loop, or just before the backward pass.
        totals: whether the loss is added up and printed, too.
    """
    x, y, out, loss_fn = (names[name] for name in ("x", "y", "out", "loss_fn"))
    zero = Line("zero", 2, "optimizer.zero_grad()")
    return (
        Line("model", 0, "model = Net()"),
        Line("optimizer", 0, f"optimizer = {optimizer}"),
        Line("loss_fn", 0, f"{loss_fn} = nn.CrossEntropyLoss()"),
        Line("epochs", 0, f"for epoch in range({epochs}):"),
        Line("train", 1, "model.train()"),
        *((Line("total", 1, "total = 0.0"),) if totals else ()),
        Line("batches", 1, f"for {x}, {y} in train_loader:"),
        *((zero,) if early else ()),
        Line("forward", 2, f"{out} = model({x})"),
        Line("loss", 2, f"loss = {loss_fn}({out}, {y})"),
        *(() if early else (zero,)),
        Line("backward", 2, "loss.backward()"),
        Line("step", 2, "optimizer.step()"),
        *((Line("add", 2, "total += loss.item()"),) if totals else ()),
        Line("eval", 1, "model.eval()"),
        Line("reset", 1, "correct = 0"),
        Line("no_grad", 1, "with torch.no_grad():"),
        Line("test", 2, f"for {x}, {y} in test_loader:"),
        Line("answer", 3, f"{out} = model({x})"),
        Line("argmax", 3, f"predicted = torch.argmax({out}, dim=1)"),
        Line("count", 3, f"correct += (predicted == {y}).sum().item()"),
        *((Line("say", 1, "print(total / len(train_loader))"),) if totals else ()),
        Line("print", 1, "print(correct / len(test_data))"),
    )


def written(listing: Listing) -> tuple[str, ...]:
    """Write the lines out."""
    return tuple("    " * line.indent + line.text for line in listing)


def number_of(listing: Listing, does: str) -> int:
    """Return the number of the last line that does this, from 1."""
    return max(number for number, line in enumerate(listing, start=1) if line.does == does)


def _without(does: str) -> Callable[[Listing], Listing]:
    return lambda listing: tuple(line for line in listing if line.does != does)


def _replaced(does: str, old: str, new: str) -> Callable[[Listing], Listing]:
    return lambda listing: tuple(
        Line(does, line.indent, line.text.replace(old, new)) if line.does == does else line
        for line in listing
    )


def _moved(does: str, behind: str, indent: int, *, copied: bool = False) -> Callable[[Listing], Listing]:
    """Move a line, or a copy of it, behind another one."""

    def move(listing: Listing) -> Listing:
        found = next(line for line in listing if line.does == does)
        moved = Line(does, indent, found.text)
        rest = [line for line in listing if copied or line is not found]
        at = next(i for i, line in enumerate(rest) if line.does == behind)
        return (*rest[: at + 1], moved, *rest[at + 1 :])

    return move


def _softmax(listing: Listing) -> Listing:
    out = next(line.text.partition(" = ")[0] for line in listing if line.does == "forward")
    return _replaced("loss", f"({out},", f"(torch.softmax({out}, dim=1),")(listing)


FAULTS: Final[Mapping[str, Callable[[Listing], Listing]]] = MappingProxyType(
    {
        "not-zeroed": _without("zero"),
        "step-first": _moved("step", "loss", 2),
        "no-backward": _without("backward"),
        "zeroed-late": _moved("zero", "backward", 2),
        "sign": _replaced("backward", "loss.backward()", "(-loss).backward()"),
        "softmax": _softmax,
        "no-eval": _without("eval"),
        "train-once": _moved("train", "loss_fn", 0),
        "accuracy-of-training": _replaced("test", "test_loader", "train_loader"),
        "trained-on-test": _replaced("batches", "train_loader", "test_loader"),
        "over-batches": _replaced("print", "len(test_data)", "len(test_loader)"),
        "not-reset": _moved("reset", "loss_fn", 0),
        "wrong-axis": _replaced("argmax", "dim=1", "dim=0"),
        "optimizer-anew": _moved("optimizer", "epochs", 1),
        "model-anew": _moved("model", "epochs", 1, copied=True),
    }
)
"""How each fault is put into a listing."""
PLACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sign": "backward",
        "softmax": "loss",
        "trained-on-test": "batches",
        "accuracy-of-training": "test",
        "wrong-axis": "argmax",
        "over-batches": "print",
        "train-once": "train",
        "not-reset": "reset",
        "optimizer-anew": "optimizer",
        "model-anew": "model",
    }
)
"""The line that is wrong, or in the wrong place, for the faults of which one line alone is to blame."""
EPOCHS: Final = (5, 10, 20)
AXES: Final[Mapping[str, Sequence[int]]] = MappingProxyType(
    {
        "names": range(len(NAMES)),
        "optimizer": range(len(OPTIMIZERS)),
        "early": (1, 0),
        "totals": (0, 1),
        "epochs": range(len(EPOCHS)),
    }
)
"""What listings differ in beside their fault, for the space of a family."""


def at(given: Mapping[str, int], fault: str = "") -> Listing:
    """Return the listing of a point of `AXES`, with a fault put in where one is named."""
    listing = right(
        NAMES[given["names"]],
        OPTIMIZERS[given["optimizer"]],
        EPOCHS[given["epochs"]],
        early=bool(given["early"]),
        totals=bool(given["totals"]),
    )
    return FAULTS[fault](listing) if fault else listing
