"""Every oracle reads what the student reads: it needs nothing else, and it objects when something that is shown is changed."""

import contextlib
import functools
import re
from dataclasses import replace

import pytest

from question_bank import bank, shown
from question_bank.answers import Integer
from question_bank.errors import FormatError, OracleMismatchError, QuestionBankError
from question_bank.figures import Figure
from question_bank.message import Message
from question_bank.model import Part, Question, Table
from question_bank.values import Grid

pytestmark = pytest.mark.usefixtures("one_thread")
NAMES = bank.names()

INCIDENTAL = {
    "avg-pool-by-hand": {
        "words": "that padded zeros count is said where there are some, and is so by default"
    },
    "conv-1d-by-hand": {"words": "the rows of the weights are one or several, as the table shows"},
    "cross-entropy-from-logits": {"words": "a hint for large logits changes no value"},
    "he-xavier-spread": {"{n}": "the size of the images decides no weight; students may think that it does"},
    "pool-1d-by-hand": {"words": "means are to be written exactly; the layer says what is done"},
    "same-padding": dict.fromkeys(("{h}", "{w}"), "what keeps one size keeps every size"),
    "softmax-by-hand": {
        "{shift}": "adding a number to all logits changes no probability; students may think that it does"
    },
    "training-log": {
        "n in words": "how many epochs there are is counted in what the table and the curves show"
    },
    "true-or-false": {"words": "one statement or several"},
    "which-are-true": {"words": "the topic that the statements are about"},
}
"""What a family shows and its answers do not depend on, with the reason; everything else that is shown decides the answer."""
WRITTEN = ("written-architectures", "written-convolution", "written-training")
"""Families whose answers are texts that a person judges, so that there is no key an oracle could object to."""


@functools.cache
def questions_of(name):
    """Return a few questions of a family."""
    return tuple(bank.generate(name, seed) for seed in range(6))


def numbers_changed(text):
    """Yield a text with each of its numbers made one larger, one at a time."""
    for match in re.finditer(r"\d+", text):
        yield text[: match.start()] + str(int(match[0]) + 1) + text[match.end() :]


def field_changed(value):
    """Yield a field's value with one of its numbers made larger, by one or by two: a floor may hide one pixel."""
    if isinstance(value, int):
        yield from (value + 1, value + 2)
    elif isinstance(value, tuple):
        for axis in range(len(value)):
            for more in (1, 2):
                yield tuple(length + more * (axis == at) for at, length in enumerate(value))
    else:
        yield from numbers_changed(value)


def stems(question, others):
    """Yield what a stem shows with the stem changed: each field by itself, and its words for those of another question."""
    template, fields = question.stem.template, question.stem.fields
    for name, value in question.stem.trimmed().fields.items():
        elsewhere = [other.stem.fields[name] for other in others if name in other.stem.fields]
        for changed in (*field_changed(value), *elsewhere):
            if type(changed) is type(value) and changed != value:
                yield f"{{{name}}}", Message(template, {**fields, name: changed})
    for words in {other.stem.template for other in others} - {template}:
        if set(Message(words, fields).trimmed().fields) == set(question.stem.trimmed().fields):
            yield "words", Message(words, fields)


def tables(question):
    """Yield the tables with one cell changed, or without the last row, in each of them."""
    for number, table in enumerate(question.tables):
        cells, shape = table.value.cells, table.value.shape
        grids = [Grid(shape, (*cells[:at], cells[at] + 1, *cells[at + 1 :])) for at in range(len(cells))]
        if len(shape) == 2 and shape[0] > 1:
            grids.insert(0, Grid((shape[0] - 1, shape[1]), cells[: -shape[1]]))
        for grid in grids:
            changed = (*question.tables[:number], replace(table, value=grid), *question.tables[number + 1 :])
            yield f"table {number + 1}", changed


def parts(question, others):
    """Yield the parts with one changed: the order of its options, a number of its prompt, or its statement."""
    for number, part in enumerate(question.parts):
        changed = []
        if options := part.field.options:
            answer = part.answer
            changed.append(
                ("options", replace(part, answer=replace(answer, options=(*options[1:], options[0]))))
            )
        for name, value in part.prompt.trimmed().fields.items():
            prompts = (
                Message(part.prompt.template, {**part.prompt.fields, name: new})
                for new in field_changed(value)
            )
            changed += [("prompt", replace(part, prompt=prompt)) for prompt in prompts]
        if options:
            prompts = {other.parts[number].prompt.template for other in others if number < len(other.parts)}
            changed += [
                ("statement", replace(part, prompt=Message(text)))
                for text in prompts - {part.prompt.template}
            ]
        for what, new in changed:
            yield what, (*question.parts[:number], new, *question.parts[number + 1 :])


def figures(question):
    """Yield (what was changed, the figure with one of its numbers, or of those that its words tell, made larger)."""
    figure = question.figure
    for name, value in figure.numbers.items():
        for changed in field_changed(value):
            with contextlib.suppress(FormatError):  # some numbers make no figure
                yield f"figure's {name}", replace(figure, numbers={**figure.numbers, name: changed})
    for name, value in figure.alt.trimmed().fields.items():
        for changed in field_changed(value):
            alt = Message(figure.alt.template, {**figure.alt.fields, name: changed})
            yield f"{name} in words", replace(figure, alt=alt)


def mutants(question, others):
    """Yield (what was changed, the question with its old key as a student would see it then)."""
    for what, stem in stems(question, others):
        yield what, replace(question, stem=stem)
    for code in numbers_changed(question.code):
        yield "listing", replace(question, code=code)
    lines = question.code.splitlines()
    for at in range(len(lines) if len(lines) > 1 else 0):
        yield "line", replace(question, code="\n".join((*lines[:at], *lines[at + 1 :])))
    for what, grids in tables(question):
        yield what, replace(question, tables=grids)
    for what, figure in figures(question) if question.figure else ():
        yield what, replace(question, figure=figure)
    for what, asked in parts(question, others):
        yield what, replace(question, parts=asked)


def objection(family, question):
    """Return what the proof says of a question; an error of torch or Python, when what is shown cannot be worked out at all, counts less."""
    try:
        bank.prove(family, question)
    except QuestionBankError:
        return "differs"
    except Exception:  # noqa: BLE001 -- whatever torch or Python raises ends a proof, too
        return "refused"
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_an_oracle_needs_only_what_a_student_sees(name):
    """From the public question alone, without parameters and keys, every oracle works out all the keys."""
    family = bank.get(name)
    for question in questions_of(name):
        answers = family.maker.oracle(bank.redact(question))
        assert len(answers) == len(question.parts)
        assert all(part.answer.accepts(answer) for part, answer in zip(question.parts, answers, strict=True))


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(WRITTEN)))
def test_a_proof_objects_when_something_shown_is_changed(name):
    """Each field and the words of the stem, numbers and lines of the listing, tables, the figure, options, prompts: a slip in any shows."""
    family, questions = bank.get(name), questions_of(name)
    found = {}
    for number, question in enumerate(questions):
        for what, mutant in mutants(question, (*questions[:number], *questions[number + 1 :])):
            if found.setdefault(what, "") != "differs":
                found[what] = objection(family, mutant) or found[what]
    assert "differs" in found.values()
    incidental = set(INCIDENTAL.get(name, ()))
    assert {what for what, said in found.items() if not said} <= incidental
    assert not {what for what, said in found.items() if said} & incidental


def test_what_is_left_out_is_there_and_has_a_reason():
    """Families are left out by name: texts that a person marks have no other part, and no reason is left for a family that is gone."""
    assert set(INCIDENTAL) < set(NAMES)
    assert all(reason for reasons in INCIDENTAL.values() for reason in reasons.values())
    for name in WRITTEN:
        assert {part.field.kind for part in bank.generate(name, 1).parts} == {"text"}


def stem_of(template, **fields):
    """Return a question that shows no more than a stem."""
    return Question("some-family", 1, {"n": 9}, Message(template, fields), (Part(Integer(1), Message("n")),))


def test_what_a_stem_shows_is_read_by_the_names_of_its_fields():
    """Numbers, shapes, texts and lists; a number that the template does not name is not shown."""
    question = stem_of(
        "{n} and {k}, {image}, {layer}, {x}", n=3, k=2, image=(1, 5), layer="nn.ReLU()", x="1, -2.5", s=4
    )
    assert shown.numbers(question, "kn") == (2, 3)
    assert shown.shape(question, "image") == (1, 5)
    assert shown.text(question, "layer") == "nn.ReLU()"
    assert shown.several(question, "x") == (1, -2.5)
    with pytest.raises(QuestionBankError, match="s=None: expected a whole number that its template names"):
        shown.number(question, "s")


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda question: shown.number(question, "a"), "with a='1, two': expected a whole number that"),
        (lambda question: shown.shape(question, "a"), "with a='1, two': expected a shape that"),
        (lambda question: shown.text(question, "b"), "with b=7: expected a text that"),
        (lambda question: shown.several(question, "a"), "with a='1, two': expected numbers with commas"),
        (lambda question: shown.agree(question, b=8), "the stem says b=7, what stands beside it says 8"),
    ],
)
def test_what_a_stem_does_not_show_is_an_error_of_the_family(read, message):
    """The message names the family, the field, what it holds and what was expected."""
    with pytest.raises(QuestionBankError) as error:
        read(stem_of("{a} {b}", a="1, two", b=7))
    assert "some-family" in str(error.value)
    assert message in str(error.value)


def test_a_table_of_another_size_than_the_stem_says_is_noticed():
    """Rows and columns are compared, in this order."""
    table = Table(Message("Image"), Grid.of([[1, 2, 3], [4, 5, 6]]))
    shown.agree_on_size(replace(stem_of("{h} {w}", h=2, w=3), tables=(table,)))
    with pytest.raises(OracleMismatchError, match="the stem says h=3, what stands beside it says 2"):
        shown.agree_on_size(replace(stem_of("{h} {w}", h=3, w=2), tables=(table,)))


def test_a_figure_that_draws_something_else_is_noticed():
    """One number of a square kernel stands for both axes; drawing and words are compared."""
    words = Message("A row of {n} values, a kernel of {k}.", {"n": 9, "k": 3})
    question = replace(stem_of("{n}", n=9), figure=Figure("line-windows", words, {"n": 9, "kernel": 3}))
    shown.agree_on_figure(stem_of("{n}", n=9), kernel=4)
    shown.agree_on_figure(question, n=9, kernel=(3, 3), stride=1)
    for other in ({"kernel": (3, 2)}, {"stride": 2}, {"n": 8}):
        with pytest.raises(OracleMismatchError, match="family some-family: the question shows"):
            shown.agree_on_figure(question, **other)
    mistold = replace(words, fields={"n": 9, "k": 4})
    assert not shown.draws(replace(question, figure=replace(question.figure, alt=mistold)), kernel=3)


def test_a_layer_that_does_not_fit_what_is_shown_is_an_error_of_the_family():
    """Weights of another shape than the layer's, an image of other channels, a call that torch refuses."""
    import torch

    from question_bank.listing import stem_windows
    from question_bank.programs import value_of
    from question_bank.running import convolved

    with pytest.raises(QuestionBankError, match=r"expected one with weights of shape \(1, 1, 2, 2\)"):
        convolved("nn.Conv2d(1, 1, 3)", torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 2, 2), [0])
    with pytest.raises(QuestionBankError, match="expected a convolution of 2 channels, got Conv2d"):
        stem_windows(stem_of("{layer} {shape}", layer="nn.Conv2d(1, 1, 3)", shape=(2, 5, 5)))
    with pytest.raises(QuestionBankError, match=r"expression 'x\.view\(5\)': RuntimeError"):
        value_of("x.view(5)", x=torch.zeros(4))
