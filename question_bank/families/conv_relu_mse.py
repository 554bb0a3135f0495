"""A convolution, ReLU and mean squared error, forward and backward by hand: the chain rule; torch autograd."""

from dataclasses import dataclass
from fractions import Fraction

from question_bank import cnn, layers, shown, squared_error
from question_bank.answers import Answer, Array, Number
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.layers import Exact
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Rational, Value, simplest
from question_bank.writing import cell_steps, flat, matrix, product, products, table, total, window_count

_STEM = (
    "The image $x$ goes through a convolution as in PyTorch (cross-correlation) with the filter $w$ below, bias $b = {b}$, stride "
    "1 and no padding, then through ReLU, which gives $y$. The loss is the mean squared error `nn.MSELoss()` between $y$ and the "
    "target $t$: the mean of the squared differences over all {n} values. Write, exactly, $y$, the loss $L$, and the "
    "gradients $dw$ and $db$ of the loss with respect to the filter and to the bias; the slope of ReLU at 0 is taken as 0."
)
_FORWARD = ("relu-forgotten", "kernel-flipped", "bias-forgotten")
_ERRORS = ("relu-passes-every-gradient", *squared_error.GRADIENT_RULES)


@dataclass(frozen=True, slots=True)
class _Network:
    """The image (H, W), the filter (2, 2), the bias and the target (H - 1, W - 1)."""

    x: Matrix
    w: Matrix
    b: int
    t: Matrix

    def before(self, rule: str = "") -> Matrix:
        """Return what the ReLU gets, by a mistake's rule or by the right one."""
        w = layers.turned(self.w) if rule == "kernel-flipped" else self.w
        return cnn.correlate(self.x, w, 0 if rule == "bias-forgotten" else self.b)

    def output(self, rule: str = "") -> Matrix:
        """Return y, by a mistake's rule or by the right one."""
        if rule == "relu-forgotten":
            return self.before()
        return [[max(value, 0) for value in row] for row in self.before(rule)]

    def errors(self) -> Matrix:
        """Return y - t."""
        rows = zip(self.output(), self.t, strict=True)
        return [[y - t for y, t in zip(*pair, strict=True)] for pair in rows]

    def loss(self, rule: str = "") -> Rational:
        """Return the loss, by a mistake's rule or by the right one."""
        return squared_error.loss(flat(self.errors()), rule)

    def upstream(self, rule: str = "") -> Exact:
        """Return dz, the gradient of the loss with respect to the convolution's output."""
        arriving = iter(squared_error.gradients(flat(self.errors()), rule))
        passes = rule == "relu-passes-every-gradient"
        return [
            [dy if passes or z > 0 else 0 for z, dy in zip(row, arriving, strict=False)]
            for row in self.before()
        ]

    def weight_gradient(self, rule: str = "") -> Exact:
        """Return dw, by a mistake's rule or by the right one."""
        gradient = layers.weight_gradient(self.x, self.upstream(rule), 2)
        return layers.turned(gradient) if rule == "kernel-gradient-turned" else gradient

    def bias_gradient(self, rule: str = "") -> Rational:
        """Return db, by a mistake's rule or by the right one."""
        values = [value for row in self.upstream(rule) for value in row]
        count = len(values) if rule == "gradient-averaged-over-positions" else 1
        return simplest(Fraction(sum(values)) / count)


def _keys(net: _Network) -> tuple[Answer, ...]:
    return (
        Array(Grid.of(net.output()), show_size=True),
        Number(net.loss()),
        Array(Grid.of(net.weight_gradient()), show_size=True),
        Number(net.bias_gradient()),
    )


def _wrong(net: _Network) -> tuple[Wrong, ...]:
    y, loss, dw, db = _keys(net)
    weight_rules, bias_rules = (
        (*_ERRORS, "kernel-gradient-turned"),
        (*_ERRORS, "gradient-averaged-over-positions"),
    )
    return (
        *live(y, {rule: Grid.of(net.output(rule)) for rule in _FORWARD}),
        *live(loss, {rule: net.loss(rule) for rule in squared_error.LOSS_RULES}, part=1),
        *live(dw, {rule: Grid.of(net.weight_gradient(rule)) for rule in weight_rules}, part=2),
        *live(db, {rule: net.bias_gradient(rule) for rule in bias_rules}, part=3),
    )


def _telling(net: _Network) -> tuple[Wrong, ...]:
    """Return the wrong answers, or none where the ReLU sets nothing to 0 or everything."""
    kept = {value > 0 for value in flat(net.before())}
    return _wrong(net) if len(kept) > 1 else ()


def _entries(given: Given, draw: Draw) -> _Network:
    x, w = matrix(draw, given["h"], given["w"], -2, 3), matrix(draw, 2, 2, -2, 2)
    return _Network(x, w, given["b"], matrix(draw, given["h"] - 1, given["w"] - 1, 0, 3))


def _solution(net: _Network) -> tuple[Step, ...]:
    windows = cnn.windows(net.x, 2, 1)
    forward = [
        [f"max({total([*products(flat(window), flat(net.w)), f'({net.b})'])}, 0)" for window in line]
        for line in windows
    ]
    errors, n = net.errors(), len(flat(net.t))
    slopes = [
        [f"2*({error}) / {n} * {int(z > 0)}" for error, z in zip(*rows, strict=True)]
        for rows in zip(errors, net.before(), strict=True)
    ]
    dz = net.upstream()
    weights = [
        [total(product(*pair) for pair in layers.weight_pairs(net.x, dz, (r, c))) for c in (0, 1)]
        for r in (0, 1)
    ]
    squares = total(product(error, error) for error in flat(errors))
    arrived = total(f"({value})" for row in dz for value in row)
    return (
        *cell_steps(forward, net.output(), "$y$"),
        Step(Message("$L$, from the differences $y - t$"), f"({squares}) / {n}", {}, net.loss()),
        *cell_steps(slopes, dz, "Gradient before the ReLU, times its slope 1 or 0"),
        *cell_steps(weights, net.weight_gradient(), "$dw$"),
        Step(Message("$db$"), arrived, {}, net.bias_gradient()),
    )


@family("conv-relu-mse", topic="gradients", version=2)
class ConvReluMse:
    """Forward and backward pass of a convolution, ReLU and mean squared error."""

    space = Space(h=(2, 3, 5), w=(2, 3, 5), k=(2,), s=(1,), b=(-2, -1, 1, 2)).where(
        lambda given: window_count(given["h"], given) * window_count(given["w"], given) in {2, 4}
    )
    rules = (
        *_FORWARD,
        *squared_error.LOSS_RULES,
        *(rule for rule in _ERRORS if rule != squared_error.SUMMED),
        "kernel-gradient-turned",
        "gradient-averaged-over-positions",
    )
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw a network in which the ReLU stops some gradients, not all, and the mistakes show."""
        net = most_separated(draw, lambda stream: _entries(given, stream), _telling, 13)
        prompts = ("Output $y$", "Loss $L$", "Gradient $dw$", "Gradient $db$")
        loss = Follow("mse", (0,), grids={"target": Grid.of(net.t)})
        return Draft(
            Message(_STEM, {"b": given["b"], "n": len(flat(net.t))}),
            tuple(
                Part(key, Message(prompt), follow=follow)
                for key, prompt, follow in zip(_keys(net), prompts, (None, loss, None, None), strict=True)
            ),
            tables=(table("Image $x$", net.x), table("Filter $w$", net.w), table("Target $t$", net.t)),
            solution=_solution(net),
            wrong=_wrong(net),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Computed and differentiated by torch, from the tables and the bias that the stem shows."""
        import torch
        from torch.nn import functional

        from question_bank.tensors import exact, tensor

        x, w, t = (tensor(entry.value) for entry in question.tables)
        shown.agree(question, n=t.numel())
        b = torch.tensor([float(shown.number(question, "b"))], dtype=x.dtype, requires_grad=True)
        w.requires_grad_()
        y = torch.relu(functional.conv2d(x, w, b))
        loss = functional.mse_loss(y, t.reshape(y.shape))
        dw, db = torch.autograd.grad(loss, (w, b))
        (value,), (bias,) = exact(loss.reshape(1), 4).cells, exact(db, 4).cells
        return exact(y[0, 0]), value, exact(dw[0, 0], 4), bias
