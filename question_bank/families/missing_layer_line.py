"""Which line of a network raises an error, and why: torch.nn.Conv2d, torch.nn.Linear, torch.flatten."""

import re
from typing import Any

from question_bank.answers import Choice, Integer
from question_bank.authoring import Draft, family, lettered, live
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.net_listing import Net
from question_bank.numbered_lines import numbered, unnumbered
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "This program stops with an error. The numbers in front of the lines do not belong to it. Which line of `forward` cannot be "
    "carried out, and why?"
)
_FAULTS = ("channels", "size", "name", "features", "flatten", "batch")
"""Three that show before the dense layer, and three that show in it."""
_REASONS = {
    "channels": "The convolution gets another number of channels than it was made for.",
    "size": "The kernel is larger than the map, padding included.",
    "name": "The network has no layer of this name.",
    "features": "The dense layer gets another number of values for each image than it was made for.",
    "flatten": "The dense layer gets maps that have not been flattened.",
    "batch": "The dense layer gets all images of the batch in one row.",
}
_REMEDIES = {
    "channels": "The second convolution must expect as many channels as the first one gives, {right}.",
    "size": "After the first pooling height and width are {right}, too little for the second kernel.",
    "name": "`forward` must use the layer that `__init__` makes, `self.pool`.",
    "features": "Each image has {right} values when it reaches the dense layer.",
    "flatten": "`torch.flatten(x, start_dim=1)` is missing before the dense layer; it makes {right} values of each image.",
    "batch": "`start_dim=1` is missing: the batch axis must stay, and each image has {right} values.",
}
_MISREAD = {
    "channels": "channels-blamed",
    "size": "size-blamed",
    "name": "name-blamed",
    "features": "features-blamed",
    "flatten": "flatten-blamed",
    "batch": "batch-axis-blamed",
}
_FAILING = {"channels": 2, "size": 2, "name": 3, "features": 5, "flatten": 4, "batch": 5}
"""The step of `forward` at which each fault shows, counted from 0."""
_INIT = {
    "channels": "conv2",
    "size": "conv2",
    "name": "pool",
    "features": "fc",
    "flatten": "fc",
    "batch": "fc",
}
"""The layer that it shows in."""


def _net(given: Given) -> Net:
    fault = _FAULTS[3 * given["dense"] + given["fault"]]
    n, m = (given["n"] // 4 + 4, 3) if fault == "size" else (given["n"], 2)
    k2 = 7 if fault == "size" else 3
    return Net(
        c=given["c"], n=n, f1=given["f"], k1=given["k"], p1=given["p"], f2=16, k2=k2, p2=0, m=m, fault=fault
    )


def _line(lines: tuple[str, ...], text: str) -> int:
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def _right(net: Net) -> int:
    """Return the number that the remedy names."""
    return {"channels": net.f1, "size": net.sides()[2], "name": 0}.get(net.fault, net.features())


@family("missing-layer-line", topic="code", version=1)
class MissingLayerLine:
    """The line of `forward` that raises an error, and the reason."""

    space = Space(
        dense=(0, 1),
        fault=(0, 1, 2),
        c=(1, 3),
        n=(20, 24, 28, 32, 36),
        f=(4, 6, 8),
        k=(3, 5),
        p=(0, 1, 2),
        radicals=("dense",),
    )
    rules = (
        "error-looked-for-in-init",
        "error-one-line-early",
        "error-at-the-last-layer",
        "error-at-the-call",
        *_MISREAD.values(),
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:
        """Ask for line and reason; the order of the reasons is drawn."""
        net = _net(given)
        lines = net.listing()
        first = _line(lines, "def forward") + 1
        line = Integer(first + _FAILING[net.fault])
        order = draw.shuffle(_FAULTS)
        letters = lettered(order)
        reason = Choice(tuple(_REASONS[name] for name in order), letters[net.fault])
        elsewhere = {
            "error-looked-for-in-init": _line(lines, f"self.{_INIT[net.fault]} = "),
            "error-one-line-early": line.value - 1,
            "error-at-the-last-layer": _line(lines, "x = self.fc(x)"),
            "error-at-the-call": len(lines),
        }
        misread = tuple(Wrong(_MISREAD[name], 1, letters[name]) for name in order if name != net.fault)
        return Draft(
            Message(_STEM),
            (Part(line, Message("Number of the line")), Part(reason, Message("Reason"))),
            code=numbered(lines),
            wrong=(*live(line, elsewhere), *misread),
            remarks=(Message(_REASONS[net.fault]), Message(_REMEDIES[net.fault], {"right": _right(net)})),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The listing is carried out by torch; where it stops, and what the layer there does accept, decides."""
        import torch

        from question_bank.programs import Program, of_torch

        text = unnumbered(question.code)
        program = Program(text, of_torch())
        with torch.device("meta"):
            outcome = program.run()
            last = {name: value for _, name, value in program.assigned}
            reason = _reason(last["model"], last["x"], text.split("\n")[outcome.line - 1])
        return outcome.line, question.parts[1].field.letters_of(lambda option: option == reason)


def _reason(model: Any, x: Any, line: str) -> str:
    """Tell why a layer does not accept what it was given: torch tries other inputs of the kind."""
    import torch
    from torch import nn

    layer = getattr(model, re.findall(r"self\.(\w+)", line)[0], None)
    if layer is None:
        return _REASONS["name"]
    if isinstance(layer, nn.Linear):
        name = {4: "flatten", 1: "batch"}.get(x.ndim, "features")
        return _REASONS[name]
    try:
        layer(torch.zeros(1, layer.in_channels, *x.shape[2:]))
    except RuntimeError:
        return _REASONS["size"]
    return _REASONS["channels"]
