"""Two steps of gradient descent with momentum: torch.optim.SGD, whose velocity is momentum * velocity + gradient."""

from dataclasses import dataclass
from fractions import Fraction

from question_bank import shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.draw import Draw
from question_bank.following import Follow
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Rational, Value, show_number, simplest
from question_bank.writing import table

_PLAIN = (
    "Two weights $w$ are trained with `torch.optim.SGD(..., lr={lr})`. The gradients of the loss at the first and at the second "
    "step are below. Write the weights after the first step and after the second."
)
_MOMENTUM = (
    "Two weights $w$ are trained with `torch.optim.SGD(..., lr={lr}, momentum={mu})`: the velocity is the momentum times the old "
    "velocity plus the gradient, it starts as the first gradient, and a weight is lowered by the learning rate times the "
    "velocity. The gradients of the loss at the first and at the second step are below. Write the weights after the first "
    "step and after the second."
)
_RATES = (Fraction(1, 10), Fraction(1, 5), Fraction(1, 2), Fraction(1, 100))
_MOMENTA: tuple[Rational, ...] = (0, Fraction(1, 2), Fraction(9, 10))
_RULES = (
    "gradient-ascent",
    "learning-rate-forgotten",
    "momentum-forgotten",
    "momentum-as-average",
    "earlier-gradient-kept",
)


@dataclass(frozen=True, slots=True)
class _Training:
    """Weights (2,), the gradients of two steps (2, 2), the learning rate and the momentum."""

    w: list[Rational]
    g: list[list[int]]
    lr: Rational
    mu: Rational


def _entries(given: Given, draw: Draw) -> _Training:
    w = [simplest(Fraction(value, 10)) for value in draw.integers(2, -20, 20)]
    g = [[value or 5 for value in draw.integers(2, -6, 6)] for _ in range(2)]
    return _Training(w, g, _RATES[given["rate"]], _MOMENTA[given["momentum"]])


def _velocities(training: _Training, rule: str = "") -> list[list[Rational]]:
    """Return the velocity of each step by a mistake's rule, or by the right one."""
    mu = {"momentum-forgotten": 0, "earlier-gradient-kept": 1}.get(rule, training.mu)
    first: list[Rational] = list(training.g[0])
    share = 1 - mu if rule == "momentum-as-average" else 1
    second = [mu * v + share * g for v, g in zip(first, training.g[1], strict=True)]
    return [first, [simplest(Fraction(v)) for v in second]]


def _weights(training: _Training, rule: str = "") -> list[list[Rational]]:
    """Return the weights after each step by a mistake's rule, or by the right one."""
    rate = {"gradient-ascent": -training.lr, "learning-rate-forgotten": 1}.get(rule, training.lr)
    after, w = [], training.w
    for velocity in _velocities(training, rule):
        w = [simplest(Fraction(a - rate * v)) for a, v in zip(w, velocity, strict=True)]
        after.append(w)
    return after


def _wrong(training: _Training) -> tuple[Wrong, ...]:
    keys = _weights(training)
    mistaken = {rule: _weights(training, rule) for rule in _RULES}
    found: list[Wrong] = []
    for step, key in enumerate(keys):
        found += live(Array(Grid.of(key)), {rule: Grid.of(w[step]) for rule, w in mistaken.items()}, step)
    return tuple(found)


def _solution(training: _Training) -> tuple[Step, ...]:
    steps: list[Step] = []
    before, (first, second) = training.w, _velocities(training)
    for number, (velocity, after) in enumerate(
        zip((first, second), _weights(training), strict=True), start=1
    ):
        for i in range(len(before)):
            fields = {"step": number, "i": i + 1}
            if number > 1 and training.mu:
                put_in = {"mu": training.mu, "v": first[i], "g": training.g[1][i]}
                steps.append(
                    Step(
                        Message("Velocity of weight {i} in step {step}", fields),
                        "mu*v + g",
                        put_in,
                        velocity[i],
                    )
                )
            moved = "v" if training.mu else "g"
            numbers = {"w": before[i], "lr": training.lr, moved: velocity[i]}
            steps.append(
                Step(Message("Weight {i} after step {step}", fields), f"w - lr*{moved}", numbers, after[i])
            )
        before = after
    return tuple(steps)


@family("sgd-step", topic="training", version=2)
class SgdStep:
    """Two weights after two steps of gradient descent, with momentum or without."""

    space = Space(rate=range(len(_RATES)), momentum=range(len(_MOMENTA)), radicals=("momentum",))
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw weights and gradients on which the mistakes that can show do show."""
        training = most_separated(
            draw, lambda stream: _entries(given, stream), _wrong, 7 if given["momentum"] else 5
        )
        fields = {"lr": show_number(training.lr), "mu": show_number(training.mu)}
        prompts = ("Weights after the first step", "Weights after the second step")
        moves = Grid.of([simplest(Fraction(training.lr * v)) for v in _velocities(training)[1]])
        follow = Follow("formula", (0,), grids={"move": moves}, formula="a - move")
        return Draft(
            Message(_MOMENTUM if training.mu else _PLAIN, fields),
            tuple(
                Part(Array(Grid.of(key), show_size=True), Message(prompt), follow=follow)
                for key, prompt, follow in zip(_weights(training), prompts, (None, follow), strict=True)
            ),
            tables=(
                table("Weights $w$", [training.w]),
                table("First gradient", training.g[:1]),
                table("Second gradient", training.g[1:]),
            ),
            solution=_solution(training),
            wrong=_wrong(training),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Stepped by torch's own optimiser, from what the stem shows."""
        import torch

        from question_bank.tensors import exact, tensor

        start, *gradients = (tensor(entry.value)[0, 0, 0] for entry in question.tables)
        w = torch.nn.Parameter(start)
        lr = float(shown.text(question, "lr"))
        mu = float(shown.text(question, "mu")) if "momentum={mu}" in question.stem.template else 0.0
        optimiser = torch.optim.SGD([w], lr=lr, momentum=mu)
        answers = []
        for gradient in gradients:
            w.grad = gradient
            optimiser.step()
            answers.append(exact(w, 1000))
        return tuple(answers)
