"""A loss and its gradient through a pooling layer: torch.nn.MSELoss over torch.nn.MaxPool2d or torch.nn.AvgPool2d."""

from dataclasses import dataclass
from fractions import Fraction

from question_bank import cnn, layers, shown, squared_error
from question_bank.answers import Answer, Array, Number
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.layers import Exact, Share
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Rational, Value, simplest
from question_bank.writing import cell_steps, flat, largest, matrix, share_steps, table, total

_STEM = (
    "The image $x$ goes through `{layer}`, which gives $y$. The loss $L$ is the mean squared error `nn.MSELoss()` between $y$ and "
    "the target $t$ below: the mean of the squared differences over all {n} values. Write $y$, $L$, and the gradient $dx$ of "
    "the loss with respect to the image, exactly."
)
_LAYERS = ("nn.MaxPool2d(2)", "nn.AvgPool2d(2)")
_OUTPUT = ("mean-instead-of-max", "max-instead-of-mean")
_GRADIENT = (
    *squared_error.GRADIENT_RULES,
    "gradient-to-every-pixel",
    "gradient-not-divided",
    "gradient-to-maximum",
)


@dataclass(frozen=True, slots=True)
class _Network:
    """The image (H, W), the target (H/2, W/2), and 1 for average pooling, 0 for max pooling."""

    x: Matrix
    t: Matrix
    mean: int

    def output(self, mean: int) -> Exact:
        """Pool the image one way or the other."""
        return layers.avg_pool(self.x, 2, 2) if mean else [list(row) for row in cnn.max_pool(self.x, 2, 2)]

    @property
    def errors(self) -> list[Rational]:
        """The differences y - t, row by row."""
        rows = zip(self.output(self.mean), self.t, strict=True)
        return [simplest(Fraction(y - t)) for pair in rows for y, t in zip(*pair, strict=True)]

    def loss(self, rule: str = "") -> Rational:
        """Return the loss by a mistake's rule, or by the right one."""
        return squared_error.loss(self.errors, rule)

    def upstream(self, rule: str = "") -> Exact:
        """Return the gradient of the loss with respect to y by a mistake's rule, or by the right one."""
        values = squared_error.gradients(self.errors, rule)
        width = len(self.t[0])
        return [values[start : start + width] for start in range(0, len(values), width)]

    def shares(self, rule: str = "") -> list[Share]:
        """Send the gradient back through the pooling by a mistake's rule, or by the right one."""
        dy = self.upstream(rule)
        if rule == "gradient-to-maximum" or (not self.mean and rule != "gradient-to-every-pixel"):
            return layers.maximum_shares(self.x, dy, 2, 2)
        whole = rule in {"gradient-to-every-pixel", "gradient-not-divided"}
        return layers.kernel_shares(dy, [[1, 1], [1, 1]] if whole else layers.mean_kernel(2), 2)

    def gradient(self, rule: str = "") -> Exact:
        """Return the gradient of the loss with respect to x by a mistake's rule, or by the right one."""
        return layers.arrived(len(self.x), len(self.x[0]), self.shares(rule))


def _keys(net: _Network) -> tuple[Answer, Answer, Answer]:
    y, dx = Grid.of(net.output(net.mean)), Grid.of(net.gradient())
    return Array(y, show_size=True), Number(net.loss()), Array(dx, show_size=True)


def _wrong(net: _Network) -> tuple[Wrong, ...]:
    elsewhere = "gradient-to-every-pixel" if net.mean else None
    only_mean = {"gradient-not-divided", "gradient-to-maximum"} if not net.mean else set()
    backward = [rule for rule in _GRADIENT if rule != elsewhere and rule not in only_mean]
    y, loss, dx = _keys(net)
    return (
        *live(y, {_OUTPUT[net.mean]: Grid.of(net.output(1 - net.mean))}),
        *live(loss, {rule: net.loss(rule) for rule in squared_error.LOSS_RULES}, part=1),
        *live(dx, {rule: Grid.of(net.gradient(rule)) for rule in backward}, part=2),
    )


def _entries(given: Given, draw: Draw) -> _Network:
    """Draw pixels that differ, in windows whose means are whole, and a target beside the output."""
    h, w, mean = given["h"], given["w"], given["mean"]
    x = [[0] * w for _ in range(h)]
    for top in range(0, h, 2):
        for left in range(0, w, 2):
            three = draw.shuffle(range(10))[:3]
            four = draw.shuffle((*three, -(sum(three) % 4) or -4))
            x[top][left : left + 2], x[top + 1][left : left + 2] = four[:2], four[2:]
    output = _Network(x, [], mean).output(mean)
    shifts = matrix(draw, h // 2, w // 2, -2, 2)
    t = [
        [int(y) + shift for y, shift in zip(*rows, strict=True)] for rows in zip(output, shifts, strict=True)
    ]
    return _Network(x, t, mean)


def _solution(net: _Network, given: Given) -> tuple[Step, ...]:
    windows = cnn.windows(net.x, 2, 2)
    pooled = [
        [
            f"({total(f'({v})' for v in flat(window))}) / 4" if net.mean else largest(flat(window))
            for window in line
        ]
        for line in windows
    ]
    y, errors = net.output(net.mean), net.errors
    squares = f"({total(f'({error})*({error})' for error in errors)}) / {len(errors)}"
    width = len(y[0])
    upstream = [f"2*({error}) / {len(errors)}" for error in errors]
    rows = [upstream[start : start + width] for start in range(0, len(upstream), width)]
    return (
        *cell_steps(pooled, y, "$y$"),
        Step(Message("$L$, from the differences $y - t$"), squares, {}, net.loss()),
        *cell_steps(rows, net.upstream(), "$dy$"),
        *share_steps(net.shares(), given, lambda share: f"({share.gradient})" + (" / 4" if net.mean else "")),
    )


@family("pool-mse-backward", topic="gradients", version=2)
class PoolMseBackward:
    """Output, mean squared error and input gradient of a pooling layer."""

    space = Space(mean=(0, 1), h=(2, 4), w=(2, 4), radicals=("mean",)).where(
        lambda given: given["h"] + given["w"] > 4
    )
    rules = tuple(dict.fromkeys((*_OUTPUT, *squared_error.LOSS_RULES, *_GRADIENT)))
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image and a target on which the mistakes that can show do show."""
        net = most_separated(draw, lambda stream: _entries(given, stream), _wrong, 8 if given["mean"] else 7)
        prompts = ("Output $y$", "Loss $L$", "Gradient $dx$")
        loss = Follow("mse", (0,), grids={"target": Grid.of(net.t)})
        return Draft(
            Message(_STEM, {"layer": _LAYERS[given["mean"]], "n": len(net.errors)}),
            tuple(
                Part(answer, Message(prompt), follow=follow)
                for answer, prompt, follow in zip(_keys(net), prompts, (None, loss, None), strict=True)
            ),
            tables=(table("Image $x$", net.x), table("Target $t$", net.t)),
            solution=_solution(net, given),
            wrong=_wrong(net),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Computed and differentiated by torch, from the tables and the layer that the stem shows."""
        import torch
        from torch import nn

        from question_bank.listing import layer
        from question_bank.tensors import backward, exact, tensor

        x, t = (tensor(entry.value) for entry in question.tables)
        shown.agree(question, n=t.numel())
        pool = layer(shown.text(question, "layer"))
        loss = nn.MSELoss()
        y, one = pool(x), torch.ones((), dtype=x.dtype)
        (value,) = exact(loss(y, t).reshape(1), 4).cells
        return exact(y[0, 0]), value, backward(lambda image: loss(pool(image), t), x, one, 8)
