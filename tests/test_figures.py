"""Figures: frozen, refused where they cannot be drawn, the same bytes each time, and silent about the key."""

import json
import re
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import bank
from question_bank.drawings import WORDS, svg
from question_bank.errors import FormatError
from question_bank.figures import KINDS, Figure
from question_bank.frozen import canonical
from question_bank.message import Message
from question_bank.values import show

SVG = "{http://www.w3.org/2000/svg}"
ALT = Message("A drawing with ${n}$ < {n} & more", {"n": 5})
TITLE = "<title>A drawing with 5 &lt; 5 &amp; more</title>"
sizes = st.integers(1, 40)
few = st.integers(1, 9)


def pair(numbers):
    """One number for both axes, or one for each."""
    return st.one_of(numbers, st.tuples(numbers, numbers))


windows = {"kernel": few, "stride": few, "padding": st.integers(0, 4), "dilation": st.integers(1, 3)}
lines = st.fixed_dictionaries({"n": sizes, **windows, "bare": st.integers(0, 1)})
grids = st.fixed_dictionaries(
    {
        "size": st.tuples(sizes, sizes),
        **{name: pair(numbers) for name, numbers in windows.items()},
        "channels": st.integers(0, 64),
        "output": st.one_of(st.just(()), st.tuples(few, few)),
        "bare": st.integers(0, 1),
    }
)
marked = st.fixed_dictionaries(
    {"size": st.just((12, 9)), "kernel": few, "mark": st.tuples(st.integers(0, 11), st.integers(0, 8))}
)
values = st.lists(st.integers(0, 1000), min_size=1, max_size=60).map(tuple)
logs = st.fixed_dictionaries({"train": values, "validation": st.one_of(st.just(()), values)})
fields = st.lists(st.tuples(few, few), min_size=1, max_size=6).map(
    lambda layers: {"kernels": tuple(k for k, _ in layers), "strides": tuple(s for _, s in layers)}
)
spreads = st.fixed_dictionaries({"n": sizes, "kernel": few, "stride": few, "padding": st.integers(0, 3)})
stacks = st.tuples(st.integers(0, 3), st.lists(st.integers(0, 3), max_size=4), st.integers(1, 3)).map(
    lambda blocks: (
        {"before": blocks[0], "branches": tuple(blocks[1])},
        tuple(f"`block {number}`" for number in range(blocks[0] + sum(blocks[1]) + blocks[2])),
    )
)
pictures = st.tuples(sizes, st.integers(1, 1500), st.binary(min_size=1, max_size=30)).map(
    lambda drawn: Figure("image", ALT, {"size": drawn[:2]}, media="image/png", data=drawn[2])
)
figures = st.one_of(
    pictures,
    lines.map(lambda numbers: Figure("line-windows", ALT, numbers)),
    st.one_of(grids, marked).map(lambda numbers: Figure("grid-windows", ALT, numbers)),
    logs.map(lambda numbers: Figure("curves", ALT, numbers, ("loss",))),
    fields.map(lambda numbers: Figure("receptive-field", ALT, numbers)),
    spreads.map(lambda numbers: Figure("upsampling", ALT, numbers)),
    stacks.map(lambda stack: Figure("layer-stack", ALT, *stack)),
)


def texts(drawing):
    """List what is written in a drawing."""
    return ["".join(element.itertext()) for element in ET.fromstring(drawing).iter(f"{SVG}text")]  # noqa: S314 -- our own bytes


def numbers_in(text):
    """List the numbers in a text."""
    return {int(digits) for digits in re.findall(r"\d+", text)}


@settings(max_examples=30, deadline=None)
@given(figure=figures)
def test_inside_a_page_a_figure_names_itself_without_a_tooltip(figure):
    """Inline, the same drawing has its alternative text as an attribute, and no address of a namespace."""
    drawing, inline = svg(figure), svg(figure, inline=True)
    assert "http" not in inline
    assert "<title>" not in inline
    root = ET.fromstring(inline)  # noqa: S314 -- our own bytes
    assert root.get("aria-label") == "A drawing with 5 < 5 & more"
    assert inline.partition("fill=")[2] == drawing.partition("fill=")[2].replace(TITLE, "", 1)


def test_every_kind_is_drawn_in_these_tests():
    """No kind is left out of the property tests."""
    drawn = {
        "line-windows",
        "grid-windows",
        "curves",
        "receptive-field",
        "upsampling",
        "layer-stack",
        "image",
    }
    assert drawn == set(KINDS)


@settings(max_examples=150, deadline=None)
@given(figure=figures)
def test_a_figure_is_drawn_as_xml_the_same_each_time(figure):
    """Any figure gives well-formed SVG with its alternative text, and the same bytes twice and after freezing."""
    drawing = svg(figure)
    root = ET.fromstring(drawing)  # noqa: S314 -- our own bytes
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == "A drawing with 5 < 5 & more"
    assert svg(Figure.from_json(json.loads(canonical(figure.to_json())))) == drawing
    assert len(drawing) < 60_000


@settings(max_examples=150, deadline=None)
@given(figure=figures)
def test_everything_is_inside_the_canvas(figure):
    """No rectangle, line, disc or start of a text lies outside what is shown."""
    root = ET.fromstring(svg(figure))  # noqa: S314 -- our own bytes
    width, height = float(root.get("width")), float(root.get("height"))
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    points = []
    for element in root.iter():
        number = {name: float(value) for name, value in element.items() if re.fullmatch(r"[\d.-]+", value)}
        match element.tag.removeprefix(SVG):
            case "rect":
                points += [(number["x"], number["y"])]
                points += [(number["x"] + number["width"], number["y"] + number["height"])]
            case "polyline":
                points += [tuple(map(float, point.split(","))) for point in element.get("points").split()]
            case "circle":
                points += [(number["cx"], number["cy"])]
            case "text":
                points += [(number["x"], number["y"])]
    assert points
    for x, y in points:
        assert 0 <= x <= width, (x, width)
        assert 0 <= y <= height, (y, height)


@settings(max_examples=150, deadline=None)
@given(figure=figures.filter(lambda figure: figure.kind not in {"curves", "layer-stack"}))
def test_a_drawing_writes_only_the_numbers_that_it_was_given(figure):
    """Nothing is counted for the student: sizes, kernel, stride and padding are written, or none of them where it is bare."""
    written = set().union(*map(numbers_in, texts(svg(figure))))
    names = {name for group in KINDS[figure.kind] for name in group}
    given_numbers = {number for name in names for number in figure.several(name)}
    assert written <= (set() if figure.numbers.get("bare") else given_numbers)


@settings(max_examples=100, deadline=None)
@given(numbers=logs, first=st.integers(0, 5))
def test_the_ticks_of_a_chart_are_round_and_hold_the_curves(numbers, first):
    """The values lie between the lowest and the highest tick, ticks are evenly spaced, and epochs start at the first."""
    drawing = svg(Figure("curves", ALT, {**numbers, "first": first, "scale": 100}, ("loss",)))
    written = texts(drawing)
    ticks = [Fraction(text) for text in written if re.fullmatch(r"\d+(\.\d+)?", text)]
    across = drawing.count("stroke-opacity")
    vertical, epochs = ticks[:across], ticks[across:]
    everything = [Fraction(value, 100) for value in numbers["train"] + numbers["validation"]]
    assert vertical[0] <= min(everything)
    assert max(everything) <= vertical[-1]
    assert len({b - a for a, b in pairwise(vertical)}) == 1
    assert 2 <= across <= 9
    assert epochs[0] == first
    assert len(epochs) <= 12


def test_two_curves_differ_without_colour():
    """One line is drawn through with discs, the other dashed with squares; no colour is named anywhere."""
    drawing = svg(Figure("curves", ALT, {"train": (3, 2), "validation": (3, 4)}, ("loss",)))
    root = ET.fromstring(drawing)  # noqa: S314 -- our own bytes
    thick = [line for line in root.iter(f"{SVG}polyline") if line.get("stroke-width") == "2"]
    assert {line.get("stroke-dasharray") for line in thick[:2]} == {None, "3 2.5"}
    colours = set(re.findall(r'(?:fill|stroke)="([^"]*)"', drawing))
    assert colours <= {"currentColor", "none"}


@pytest.mark.parametrize("kind", ["line-windows", "grid-windows"])
def test_a_second_window_is_drawn_only_where_it_fits(kind):
    """A kernel that has one position gets no second one, and no arrow."""
    size = {"n": 5} if kind == "line-windows" else {"size": (5, 5)}
    once = svg(Figure(kind, ALT, {**size, "kernel": 4, "stride": 2}))
    twice = svg(Figure(kind, ALT, {**size, "kernel": 3, "stride": 2}))
    assert not [text for text in texts(once) if text.startswith("next")]
    assert [text for text in texts(twice) if text.startswith("next")]


@pytest.mark.parametrize("n", [40, 400, 4000])
def test_a_long_line_is_torn(n):
    """However long a line is, its drawing stays as wide, and does not show how many windows there are."""
    first, longer = (
        svg(Figure("line-windows", ALT, {"n": length, "kernel": 3, "stride": 2})) for length in (n, n * 2)
    )
    assert "\u2026" in texts(first)
    assert re.sub(r"length: \d+", "", first) == re.sub(r"length: \d+", "", longer)


def test_words_are_said_in_the_language_of_the_page():
    """Everything written beside numbers and labels goes through the translator, and is listed for translators."""
    said = set()

    def note(text):
        said.add(text)
        return text

    for numbers in (
        {"size": (9, 9), "kernel": 3, "padding": 1, "mark": (1, 1)},
        {"size": (9, 9), "kernel": (3, 2), "padding": (1, 0), "stride": (2, 1), "channels": 3},
        {"size": (9, 9), "kernel": (3, 2), "padding": (1, 0), "dilation": (2, 1)},
        {"size": (9, 9), "kernel": 2, "dilation": 2},
        {"size": (9, 9), "kernel": 2, "padding": 1, "output": (4, 4), "bare": 1},
    ):
        svg(Figure("grid-windows", ALT, numbers), note)
    svg(Figure("grid-windows", ALT, {"size": (9, 9), "kernel": 3, "stride": 2}), note)
    for stride in (1, 2):
        svg(Figure("line-windows", ALT, {"n": 9, "kernel": 3, "stride": stride}), note)
        svg(Figure("upsampling", ALT, {"n": 9, "kernel": 3, "padding": 1, "stride": stride}), note)
        svg(Figure("receptive-field", ALT, {"kernels": (3,), "strides": (stride,)}), note)
    svg(Figure("curves", ALT, {"train": (3, 2), "validation": (3, 4)}, ("loss",)), note)
    assert said == set(WORDS)
    drawing = svg(
        Figure("line-windows", ALT, {"n": 9, "kernel": 3}),
        lambda text: text.upper().replace("{N}", "{n}").replace("{K}", "{k}").replace("{S}", "{s}"),
    )
    assert "INPUT LENGTH: 9" in texts(drawing)


@pytest.mark.parametrize(
    ("kind", "numbers", "labels", "message"),
    [
        ("pie", {}, (), "figure kind='pie': expected one of line-windows, "),
        ("line-windows", {"n": 5}, (), "kernel missing"),
        ("line-windows", {"n": 5, "kernel": 3, "size": 2}, (), "unknown number 'size'"),
        ("line-windows", {"n": 0, "kernel": 3}, (), "n=0; expected a whole number from 1 to 1000000"),
        ("line-windows", {"n": 5, "kernel": 65}, (), "kernel=65; expected a whole number from 1 to 64"),
        ("line-windows", {"n": True, "kernel": 3}, (), "n=True; expected a whole number"),
        ("line-windows", {"n": "5", "kernel": 3}, (), "n='5'; expected a whole number"),
        ("grid-windows", {"size": (), "kernel": 3}, (), "size has 0 numbers; expected 1 to 2"),
        ("grid-windows", {"size": (5, 5), "kernel": (3, 3, 3)}, (), "kernel has 3 numbers"),
        (
            "grid-windows",
            {"size": (5, 5), "kernel": 3, "mark": (5, 0)},
            (),
            "mark=(5, 0): expected row and column",
        ),
        ("layer-stack", {}, (), "0 labels; expected 1 for each of 1 blocks"),
        (
            "layer-stack",
            {"before": 1, "branches": (1, 2)},
            ("a", "b"),
            "2 labels; expected 1 for each of 4 blocks",
        ),
        ("layer-stack", {}, ("a" * 81,), "labels: expected 200 at most, of 80 characters each"),
        ("curves", {"train": ()}, (), "train is empty; expected one value for each epoch"),
        ("curves", {"train": (1,) * 201}, (), "train has 201 numbers; expected 0 to 200"),
        ("receptive-field", {"kernels": (3, 3), "strides": (1,)}, (), "expected one of each for every layer"),
    ],
)
def test_what_cannot_be_drawn_is_refused(kind, numbers, labels, message):
    """A figure that makes no sense, or would be enormous, is never made; the message says what was expected."""
    with pytest.raises(FormatError) as error:
        Figure(kind, ALT, numbers, labels)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": 3}, "kind=3: expected str"),
        ({"shows": []}, "shows=[]: expected dict"),
        ({"shows": {"n": 5, "kernel": 3.5}}, "kernel=3.5; expected a whole number"),
        ({"shows": {"n": 5, "kernel": [[3]]}}, "expected a whole number"),
        ({"alt": "a picture"}, "alt='a picture': expected dict"),
        ({"labels": [1]}, "labels[0]: 1: expected a text"),
    ],
)
def test_a_frozen_figure_that_was_changed_is_refused(change, message):
    """Frozen JSON that is no figure says which field is wrong."""
    data = Figure("line-windows", ALT, {"n": 5, "kernel": 3}).to_json() | change
    with pytest.raises(FormatError) as error:
        Figure.from_json(data)
    assert message in str(error.value)


NAMES = bank.names()


def visible(question):
    """Return the text that a student sees beside the figure."""
    public = bank.redact(question)
    tables = [show(table.value) for table in public.tables]
    captions = [table.caption.plain() for table in public.tables]
    prompts = [part.prompt.plain() for part in public.parts]
    options = [option for part in public.parts for option in part.field.options]
    return " ".join((public.stem.plain(), public.code, *tables, *captions, *prompts, *options))


@pytest.mark.parametrize("name", NAMES)
def test_no_figure_of_a_family_gives_the_key_away(name):
    """A family's figure and its alternative text write no number that the question does not tell in words."""
    for seed in range(40):
        question = bank.generate(name, seed)
        if question.figure is None and seed > 4:
            break  # a family that has figures has one for most of its questions
        if question.figure is None or question.figure.kind == "curves":
            continue
        written = " ".join((*texts(svg(question.figure)), question.figure.alt.plain()))
        assert numbers_in(written) <= numbers_in(visible(question)), (seed, written)


def test_some_families_have_figures():
    """The test above has something to read."""
    drawn = [name for name in NAMES if bank.generate(name, 0).figure]
    assert len(drawn) >= 10, drawn
