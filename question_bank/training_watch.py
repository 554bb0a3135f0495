"""Training loops carried out and watched: which faults a listing has, and which of its lines is to blame, by what it does.

A tiny network, a loss, optimisers and loaders stand in for the real ones and note what happens to them. Nothing here knows how
a fault was put into a listing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

from question_bank.programs import Outcome, Program

_CLASSES, _EPOCHS = 10, 2
_SIZES = (4, 3)  # of the batches, unequal
_COUNT = re.compile(r"range\([0-9]+\)")


@dataclass
class _Watch:
    """What has been noted so far; `found` has the faults, each with the line to blame."""

    program: Program
    found: dict[str, int] = field(default_factory=dict)
    models: list["_Net"] = field(default_factory=list)
    loops: dict[str, int] = field(default_factory=dict)
    modes: dict[bool, int] = field(default_factory=dict)
    softmax: int = 0
    optimizers: int = 0
    passes: int = 0
    went_back: bool = False
    stepped: bool = False
    cleared: bool = False
    expected: torch.Tensor | None = None
    arrived: torch.Tensor | None = None
    right: int = 0
    right_before: int = 0

    @property
    def line(self) -> int:
        """The line that is being carried out."""
        return self.program.line

    def blame(self, fault: str, line: int) -> None:
        """Note a fault where it shows first."""
        self.found.setdefault(fault, line)


class _Net(nn.Module):
    """Three inputs, a dropout, ten logits, of which the first is the largest; it notes in which mode it sees which images."""

    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self.watch: _Watch | None = None
        self.hidden, self.dropout, self.last = nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, _CLASSES)
        with torch.no_grad():
            for number, parameter in enumerate(self.parameters(), start=1):
                count = parameter.numel()
                parameter.copy_((torch.arange(count) % 5 - 1.5).reshape(parameter.shape) / (10 * number))
            self.last.bias[0] += 20
        if watch.models:
            watch.blame("model-anew", watch.line)
        watch.models.append(self)
        self.watch = watch
        self.last.bias.register_hook(self._arrive)  # type: ignore[no-untyped-call]  # so torch declares it

    def _arrive(self, gradient: torch.Tensor) -> None:
        watch = self.watch
        assert watch is not None  # noqa: S101 -- set when it was made
        watch.passes += 1
        watch.went_back, watch.arrived = True, gradient.clone()
        if watch.expected is not None and torch.allclose(gradient, -watch.expected):
            watch.blame("sign", watch.line)

    def train(self, mode: bool = True) -> "_Net":  # noqa: FBT001, FBT002 -- as torch declares it
        """Note the mode."""
        if self.watch is not None:
            self.watch.modes[mode] = self.watch.line
        super().train(mode)
        return self

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Note what is seen: images of training are positive, those of the test negative."""
        watch, training_images = self.watch, bool((x > 0).all())
        assert watch is not None  # noqa: S101 -- set when it was made
        output: torch.Tensor = self.last(self.dropout(torch.relu(self.hidden(x))))
        if torch.is_grad_enabled():
            watch.went_back = watch.stepped = watch.cleared = False
            if not training_images:
                watch.blame("trained-on-test", watch.loops["test"])
            if not self.training:
                watch.blame("train-once", watch.modes.get(True, 0))
        else:
            if training_images:
                watch.blame("accuracy-of-training", watch.loops["train"])
            if self.training:
                watch.blame("no-eval", 0)
            watch.right += int((output.argmax(1) == _labels(len(x))).sum())
        return output


class _Loader:
    """Two batches of unequal size; it notes the line of each loop over it."""

    def __init__(self, watch: _Watch, name: str, sign: int) -> None:
        self.watch, self.name, self.sign = watch, name, sign

    def __len__(self) -> int:
        return len(_SIZES)

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        self.watch.loops[self.name] = self.watch.line
        for size in _SIZES:
            images = (torch.arange(3.0 * size).reshape(size, 3) % 4 + 1) * self.sign
            yield images, _labels(size)


class _Optimizer:
    """An optimiser of torch; it notes what gradients it steps with."""

    def __init__(
        self, watch: _Watch, kind: type[torch.optim.Optimizer], parameters: Any, **named: Any
    ) -> None:
        self.watch, self.inner = watch, kind(parameters, **named)
        watch.optimizers += 1
        if watch.optimizers > 1:
            watch.blame("optimizer-anew", watch.line)

    def zero_grad(self) -> None:
        """Note whether a gradient is lost that no step has used."""
        self.watch.cleared |= self.watch.went_back and not self.watch.stepped
        self.inner.zero_grad()

    def step(self) -> None:
        """Note what the step is taken with."""
        watch, bias = self.watch, self.watch.models[-1].last.bias
        if any(bias is own for group in self.inner.param_groups for own in group["params"]):
            if not watch.went_back:
                watch.blame("step-first", watch.line)
            elif watch.cleared:
                watch.blame("zeroed-late", 0)
            elif bias.grad is None or watch.arrived is None or not torch.allclose(bias.grad, watch.arrived):
                watch.blame("not-zeroed", 0)
        watch.stepped = True
        self.inner.step()


def _labels(size: int) -> torch.Tensor:
    """Return labels of which all but the last are class 0."""
    return torch.tensor([0] * (size - 1) + [7])


def _names(watch: _Watch) -> dict[str, Any]:
    """Return what a listing may name, everything watched."""

    def loss(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        if bool((scores >= 0).all()) and torch.allclose(scores.sum(1), torch.ones(len(scores))):
            watch.blame("softmax", watch.softmax or watch.line)
        found = nn.functional.cross_entropy(scores, labels)
        copy = scores.detach().clone().requires_grad_()
        again = nn.functional.cross_entropy(copy, labels)
        watch.expected = torch.autograd.grad(again, copy)[0].sum(0) if not watch.softmax else None
        return found

    def softmax(values: torch.Tensor, dim: int) -> torch.Tensor:
        watch.softmax = watch.line
        return torch.softmax(values, dim)

    def argmax(values: torch.Tensor, dim: int) -> torch.Tensor:
        found = torch.argmax(values, dim)
        if len(found) != len(values):
            watch.blame("wrong-axis", watch.line)
        return found

    def optimizer(kind: type[torch.optim.Optimizer]) -> Any:
        return lambda parameters, **named: _Optimizer(watch, kind, parameters, **named)

    optim = SimpleNamespace(SGD=optimizer(torch.optim.SGD), Adam=optimizer(torch.optim.Adam))
    return {
        "Net": lambda: _Net(watch),
        "torch": SimpleNamespace(optim=optim, softmax=softmax, argmax=argmax, no_grad=torch.no_grad),
        "nn": SimpleNamespace(CrossEntropyLoss=lambda: loss),
        "train_loader": _Loader(watch, "train", 1),
        "test_loader": _Loader(watch, "test", -1),
        "train_data": range(sum(_SIZES)),
        "test_data": range(sum(_SIZES)),
        "len": len,
        "range": range,
        "print": lambda value: _judge(watch, value),
    }


def _judge(watch: _Watch, value: float) -> None:
    """Note how a printed accuracy is wrong, if it is one and is wrong; a loss is printed before any answer was counted."""
    right, images = watch.right, sum(_SIZES)
    if value == right / len(_SIZES) != right / images:
        watch.blame("over-batches", watch.line)
    if watch.right_before and value == (right + watch.right_before) / images:
        program = watch.program
        zeros = [
            line
            for line, name, start in program.assigned
            if name in program.added and type(start) is int and start == 0
        ]
        watch.blame("not-reset", zeros[-1] if zeros else 0)
    if value in {right / images, right / len(_SIZES), (right + watch.right_before) / images}:
        watch.right_before, watch.right = watch.right_before + right, 0


def faults(text: str) -> tuple[tuple[str, int], ...]:
    """Carry out a training loop, for two epochs instead of more, and return its faults, each with the line to blame, or 0 where no single one is.

    Raises:
        QuestionBankError: the text is no program of the known kind.
    """
    return _faults(_COUNT.sub(f"range({_EPOCHS})", text))


@lru_cache(maxsize=1024)
def _faults(text: str) -> tuple[tuple[str, int], ...]:
    program = Program(text, {})
    watch = _Watch(program)
    program.give(_names(watch))
    outcome: Outcome = program.run()
    found = dict(watch.found)
    if not watch.passes and "step-first" in found:
        found = {"no-backward": 0}
    if outcome.error and "wrong-axis" not in found:
        found[outcome.error] = outcome.line
    return tuple(sorted(found.items()))
