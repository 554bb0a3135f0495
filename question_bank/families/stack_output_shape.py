"""Shape after a stack of layers: torch.nn.Conv2d and torch.nn.MaxPool2d, sections Shape; torch.nn.Sequential."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from question_bank import cnn
from question_bank.answers import Answer, Raises, Shape
from question_bank.authoring import Draft, family, live, usable
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step
from question_bank.space import Space
from question_bank.values import RAISED, Value

BATCH = 4
AXES = ("batch", "channels", "height", "width")
_PLANS = ("CRP", "CRCRP", "CRPCRP")
_FILTERS = ((6, 16), (8, 12), (10, 20))
_STEM = "What does the last line of this program print? Where it raises an error, say so."


@dataclass(frozen=True, slots=True)
class _Conv:
    """A convolution of the listing."""

    c_in: int
    c_out: int
    k: int
    s: int
    p: int

    def text(self) -> str:
        """Write it as PyTorch does, defaults left out."""
        stride = f", stride={self.s}" if self.s != 1 else ""
        padding = f", padding={self.p}" if self.p else ""
        return f"nn.Conv2d({self.c_in}, {self.c_out}, kernel_size={self.k}{stride}{padding})"


@dataclass(frozen=True, slots=True)
class _Pool:
    """A pooling layer of the listing; s = 0 stands for a stride that is not given."""

    k: int
    s: int

    def text(self) -> str:
        """Write it as PyTorch does, defaults left out."""
        return f"nn.MaxPool2d({self.k}{f', stride={self.s}' if self.s else ''})"


_Layers = tuple[_Conv | _Pool | None, ...]  # None is a ReLU
_Rule = Callable[[_Conv | _Pool, int], int]


def _layers(given: Given) -> _Layers:
    """Return the layers of one point; where `fits` is 0 the last convolution expects channels it does not get."""
    return _stack(*(given[axis] for axis in ("plan", "fits", "c", "f", "k", "s", "p", "pool", "pool_s")))


@lru_cache(maxsize=4096)
def _stack(plan: int, fits: int, c: int, f: int, *sizes: int) -> _Layers:
    k, s, p, pool, pool_s = sizes
    channels = (c, *_FILTERS[f])
    last = _PLANS[plan].count("C") - 1
    layers: list[_Conv | _Pool | None] = []
    done = 0
    for letter in _PLANS[plan]:
        if letter == "C":
            expected = channels[done] if fits or done < last else _misfit(channels, done)
            stride, padding = (1, 0) if done else (s, p)
            layers.append(_Conv(expected, channels[done + 1], k, stride, padding))
            done += 1
        else:
            layers.append(_Pool(pool, pool_s) if letter == "P" else None)
    return tuple(layers)


def _misfit(channels: tuple[int, ...], done: int) -> int:
    """Return channels a hurried author would write: the image's again, or grey for colour."""
    return channels[0] if done else 4 - channels[0]


@lru_cache(maxsize=4096)
def _length(layer: _Conv | _Pool, n: int) -> int:
    """Return the length after a layer, by the formula of `cnn`."""
    if isinstance(layer, _Conv):
        return cnn.value(cnn.OUTPUT_SIZE, {"n": n, "k": layer.k, "s": layer.s, "p": layer.p, "d": 1})
    return cnn.value(cnn.POOL_SIZE, {"n": n, "k": layer.k, "s": layer.s or layer.k})


def _padding_ignored(layer: _Conv | _Pool, n: int) -> int:
    return _length(
        _Conv(layer.c_in, layer.c_out, layer.k, layer.s, 0) if isinstance(layer, _Conv) else layer, n
    )


def _stride_ignored(layer: _Conv | _Pool, n: int) -> int:
    return _length(
        _Conv(layer.c_in, layer.c_out, layer.k, 1, layer.p) if isinstance(layer, _Conv) else layer, n
    )


def _pool_stride_one(layer: _Conv | _Pool, n: int) -> int:
    return _length(layer if isinstance(layer, _Conv) or layer.s else _Pool(layer.k, 1), n)


def _pool_stride_is_kernel(layer: _Conv | _Pool, n: int) -> int:
    return _length(layer if isinstance(layer, _Conv) else _Pool(layer.k, 0), n)


def _rounded_up(layer: _Conv | _Pool, n: int) -> int:
    p, s = (layer.p, layer.s) if isinstance(layer, _Conv) else (0, layer.s or layer.k)
    return -((layer.k - n - 2 * p) // s) + 1


def _same_size(layer: _Conv | _Pool, n: int) -> int:
    return n if isinstance(layer, _Conv) else _length(layer, n)


_RULES: dict[str, _Rule] = {
    "padding-ignored": _padding_ignored,
    "stride-ignored": _stride_ignored,
    "pool-stride-one": _pool_stride_one,
    "pool-stride-is-kernel": _pool_stride_is_kernel,
    "ceil-instead-of-floor": _rounded_up,
    "same-size-assumed": _same_size,
}


def _final(layers: _Layers, n: int, rule: _Rule) -> int:
    for layer in layers:
        if layer is not None:
            n = rule(layer, n) if n > 0 else 0
    return n


def _shape(given: Given, rule: _Rule = _length) -> tuple[int, int, int, int] | None:
    """Return the shape after all layers with the lengths that a rule gives; None when nothing is left of the image."""
    layers = _layers(given)
    channels = [layer.c_out for layer in layers if isinstance(layer, _Conv)]
    height, width = _final(layers, given["h"], rule), _final(layers, given["w"], rule)
    return (BATCH, channels[-1], height, width) if height > 0 < width else None


def _wrong_values(given: Given) -> dict[str, Value | None]:
    key = _shape(given)
    if key is None or not given["fits"]:
        return {"channel-mismatch-unnoticed": key}
    batch, channels, height, width = key
    return {
        **{name: _shape(given, rule) for name, rule in _RULES.items()},
        "channels-unchanged": (batch, given["c"], height, width),
        "channels-last": (batch, height, width, channels),
        "raises-assumed": RAISED,
    }


def _answer(given: Given) -> Answer:
    key = Shape(_shape(given) or (), AXES)
    return key if given["fits"] else Raises(key.field)


def _worth_asking(given: Given) -> bool:
    """Whether something is left of the image, mistakes can be told apart, and a third of the points raises an error."""
    if given["h"] == given["w"] or _shape(given) is None:
        return False
    if not given["fits"]:
        return (given["h"] + given["w"] + given["k"] + given["pool_s"]) % 3 == given["f"]
    return len(usable(live(_answer(given), _wrong_values(given)))) >= 6


def _code(given: Given) -> str:
    lines = ["nn.ReLU()" if layer is None else layer.text() for layer in _layers(given)]
    body = "".join(f"    {line},\n" for line in lines)
    size = f"{BATCH}, {given['c']}, {given['h']}, {given['w']}"
    return f"model = nn.Sequential(\n{body})\nx = torch.zeros({size})\nprint(tuple(model(x).shape))"


def _solution(given: Given) -> Iterator[Step]:
    height, width, channels = given["h"], given["w"], given["c"]
    for number, layer in enumerate(_layers(given), start=1):
        if isinstance(layer, _Conv) and layer.c_in != channels:
            label = Message(
                "Number of channels that layer {layer} gets: {got}; it expects {expected} and raises an error, because the difference is not 0",
                {"layer": number, "got": channels, "expected": layer.c_in},
            )
            yield Step(label, f"{channels} - {layer.c_in}", {}, channels - layer.c_in)
            return
        if layer is not None:
            yield _step("Height after layer {layer}", number, layer, height)
            yield _step("Width after layer {layer}", number, layer, width)
            height, width = _length(layer, height), _length(layer, width)
            channels = layer.c_out if isinstance(layer, _Conv) else channels


def _step(label: str, number: int, layer: _Conv | _Pool, n: int) -> Step:
    if isinstance(layer, _Conv):
        formula, numbers = "(n + 2*p - k) // s + 1", {"n": n, "p": layer.p, "k": layer.k, "s": layer.s}
    else:
        formula, numbers = cnn.POOL_SIZE, {"n": n, "k": layer.k, "s": layer.s or layer.k}
    return Step(Message(label, {"layer": number}), formula, numbers, _length(layer, n))


@family("stack-output-shape", topic="shapes", version=2)
class StackOutputShape:
    """Shape after a stack of convolution, ReLU and pooling layers, or the error it raises."""

    space = Space(
        plan=(0, 1, 2),
        fits=(1, 0),
        c=(1, 3),
        h=(20, 28, 33),
        w=(24, 28, 31),
        f=(0, 1, 2),
        k=(3, 5),
        s=(1, 2),
        p=(0, 1, 2),
        pool=(2, 3),
        pool_s=(0, 1, 2),
        radicals=("plan", "fits"),
    ).where(_worth_asking)
    rules = (*_RULES, "channels-unchanged", "channels-last", "raises-assumed", "channel-mismatch-unnoticed")
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask what the listing prints; where the channels do not fit, it prints nothing."""
        answer = _answer(given)
        part = Part(answer, Message("Shape (batch, channels, height, width)"), may_raise=True)
        wrong = live(answer, _wrong_values(given))
        return Draft(
            Message(_STEM), (part,), code=_code(given), solution=tuple(_solution(given)), wrong=wrong
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Run by torch, from the text of the listing."""
        from question_bank.listing import output_shape

        return (output_shape(question.code) or RAISED,)
