"""Issuing, proving, redacting: what is wrong is never issued, and what is frozen reads back or is refused."""

import json
import subprocess
import sys
from fractions import Fraction

import pytest

from question_bank import bank
from question_bank.answers import Choice, Integer, Number, Raises, Shape
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.errors import AnswerError, FormatError, OracleMismatchError, SpaceError, UnknownNameError
from question_bank.frozen import canonical
from question_bank.message import Message
from question_bank.model import Part, Question, Step, Table, Wrong
from question_bank.paper import Item, Paper
from question_bank.registry import Registry
from question_bank.space import Space
from question_bank.values import Field, Grid
from question_bank.verification import verify


def toy(build, answers=lambda question: (question.given["n"],), *, drawn=False):
    """Make a family of three points outside the bank's registry."""
    registry = Registry("family")

    class Toy:
        """A toy."""

        space = Space(n=(1, 2, 3))
        rules = ("padding-once", "stride-ignored")

        def build(self, given, draw):
            """Build as the test says."""
            return build(given, draw)

        def oracle(self, question):
            """Answer as the test says."""
            return answers(question)

    Toy.drawn = drawn
    family("toy", topic="shapes", version=1, registry=registry)(Toy)
    return registry.get("toy")


def right(given, draw):
    """Ask for n."""
    return Draft(Message("How many?"), (Part(Integer(given["n"]), Message("Number")),))


def wrong_at_two(given, draw):
    """Ask for n with a wrong key on one point of three."""
    key = given["n"] + (given["n"] == 2)
    return Draft(Message("How many?"), (Part(Integer(key), Message("Number")),))


def broken_at_two(given, draw):
    """Give a step that does not hold on one point of three."""
    steps = (Step(Message("Number"), "n", given, given["n"] + (given["n"] == 2)),)
    return Draft(Message("How many?"), right(given, draw).parts, solution=steps)


def colliding_at_two(given, draw):
    """Give two equal options on one point of three."""
    texts = (str(given["n"]), "2" if given["n"] == 2 else "9")
    return Draft(Message("How many?"), (Part(Choice(texts, "A"), Message("Number")),))


def test_a_wrong_key_is_never_issued():
    """The message has the family, the parameters, both answers, and the command that shows more."""
    with pytest.raises(OracleMismatchError) as error:
        bank.issue(toy(wrong_at_two), 1, Draw())
    assert str(error.value) == (
        "family toy, {'n': 2}, part 0: the key is 3, the oracle says 2; the question is not issued, run `legrade bank verify toy`"
    )
    assert bank.issue(toy(wrong_at_two), 0, Draw()).given == {"n": 1}


def test_an_oracle_that_answers_too_few_parts_is_refused():
    """A part without a second answer counts as unproved."""
    with pytest.raises(OracleMismatchError, match="the oracle answered 0 parts, expected 1"):
        bank.issue(toy(right, answers=lambda _: ()), 0, Draw())


@pytest.mark.parametrize(
    ("build", "answers", "counts"),
    [
        (right, None, (0, 0, 0)),
        (wrong_at_two, None, (1, 0, 0)),
        (colliding_at_two, lambda _: ("A",), (0, 1, 0)),
        (broken_at_two, None, (0, 0, 1)),
    ],
    ids=["right", "wrong key", "colliding options", "step that does not hold"],
)
def test_verify_finds_the_one_bad_point(build, answers, counts):
    """Every point is visited, and each fault is counted under its own name with its parameters."""
    report = verify(toy(build, answers) if answers else toy(build))
    assert (report.points, report.questions) == (3, 3)
    assert (report.wrong_keys, report.colliding, report.broken) == counts
    assert report.ok == (counts == (0, 0, 0))
    assert len(report.problems) == sum(counts)
    assert all(problem.startswith("{'n': 2}: ") for problem in report.problems)


def test_verify_builds_several_questions_for_each_point_where_entries_are_drawn():
    """Points and questions are counted apart, so the number of points is not inflated."""
    ticks = []
    report = verify(toy(right, drawn=True), draws=4, tick=lambda: ticks.append(1))
    assert (report.points, report.questions, len(ticks)) == (3, 12, 3)


def test_verify_says_where_wrong_methods_earn_the_points():
    """Questions without a live misconception, and misconceptions that are live on none, are counted."""

    def one_rule(given, draw):
        wrong = (Wrong("padding-once", 0, 9),) if given["n"] == 1 else ()
        return Draft(Message("How many?"), right(given, draw).parts, wrong=wrong)

    report = verify(toy(one_rule))
    assert report.undiscriminating == 2
    assert report.idle == {"padding-once": 2, "stride-ignored": 3}


def test_unknown_names_are_answered_with_the_nearest():
    """Families and axes alike."""
    with pytest.raises(
        UnknownNameError, match="unknown family 'conv-output-sise': did you mean conv-output-size"
    ):
        bank.generate("conv-output-sise", 0)
    with pytest.raises(UnknownNameError, match="unknown axis 'stride'"):
        bank.generate("conv-output-size", 0, {"stride": 2})
    with pytest.raises(SpaceError, match="s=9: expected one of 1, 2, 3, 4"):
        bank.generate("conv-output-size", 0, {"s": 9})


def test_fixed_radicals_are_kept():
    """A fixed axis has its value in every question; the others differ."""
    questions = [bank.generate("conv-output-size", seed, {"s": 2, "p": 1}) for seed in range(20)]
    assert {(q.given["s"], q.given["p"]) for q in questions} == {(2, 1)}
    assert len({q.given["n"] for q in questions}) > 5


def test_two_points_are_two_items():
    """No two points of a family without drawn entries show a student the same question."""
    for name in ("conv-output-size", "conv-parameters"):
        chosen = bank.get(name)
        shown = {bank.redact(chosen.build(given, Draw())).digest() for given in chosen.space}
        assert len(shown) == len(chosen.space)


def test_the_face_is_light():
    """Importing the bank imports neither torch nor SymPy nor NumPy, and no family."""
    code = (
        "import sys, question_bank, question_bank.cli; "
        "print([m for m in sys.modules if m.split('.')[0] in {'torch', 'sympy', 'numpy', 'jinja2'} "
        "or m.startswith('question_bank.families.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_everything_on_the_face_is_there():
    """Every name of `__all__` exists, once, in order."""
    import question_bank

    assert sorted(set(question_bank.__all__)) == sorted(question_bank.__all__)
    assert all(hasattr(question_bank, name) for name in question_bank.__all__)


def test_a_paper_survives_json():
    """A paper of every family, frozen and read back, is the same paper, with fractions for points."""
    items = tuple(
        Item(f"q{slot}", slot, Fraction(3, 2), bank.redact(bank.generate(name, 5)))
        for slot, name in enumerate(bank.names())
    )
    paper = Paper("Quiz \u0111\u1ec1", "quiz-1", "an", items)
    data = json.loads(canonical(paper.to_json()))
    assert Paper.from_json(data) == paper
    assert canonical(Paper.from_json(data).to_json()) == canonical(paper.to_json())


def question_json():
    """Return a frozen question to spoil."""
    return json.loads(canonical(bank.generate("conv-output-size", 3).to_json()))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda data: data.pop("stem"), "field 'stem' is missing"),
        (lambda data: data.update(version="1"), "version='1': expected int, got str"),
        (lambda data: data.update(version=True), "version=True: expected int, got bool"),
        (lambda data: data.update(parts=3), "parts=3: expected list, got int"),
        (
            lambda data: data["parts"][0]["field"].update(kind="essay"),
            "parts[0]: kind='essay': expected one of integer",
        ),
        (
            lambda data: data["parts"][0]["answer"].update(value=[1]),
            "parts[0]: answer (1,): expected a value of the kind",
        ),
        (lambda data: data["parts"][0]["answer"].update(value=None), "value=None: expected a number, a list"),
        (
            lambda data: data["parts"][0]["answer"].update(value="1/0"),
            "'1/0': expected a fraction written n/d",
        ),
        (lambda data: data["wrong"].append(["padding-once"]), "expected [misconception, part, value]"),
        (
            lambda data: data["stem"]["fields"].update(n=None),
            "fields.n=None: expected a whole number, a text or a shape",
        ),
        (lambda data: data["given"].update(n="5"), "n='5': expected int, got str"),
        (
            lambda data: data["solution"][0].update(value={"x": 1}),
            "solution[0]: value with ['x']: expected raises",
        ),
        (
            lambda data: data["tables"].append({"caption": {"template": "", "fields": {}}, "value": 3}),
            "tables[0]: value=3",
        ),
    ],
)
def test_frozen_questions_that_are_spoilt_are_refused(spoil, message):
    """Each refusal has the place, what was there, and what was expected."""
    data = question_json()
    spoil(data)
    with pytest.raises(FormatError) as error:
        Question.from_json(data)
    assert message in str(error.value)


def test_what_is_no_object_is_refused():
    """A list in place of a question or paper, and another format, are told so."""
    with pytest.raises(FormatError, match=r"\[\]: expected an object with the field 'family'"):
        Question.from_json([])
    with pytest.raises(FormatError, match="format='legrade-paper-9': expected 'legrade-paper-1'"):
        Paper.from_json({"format": "legrade-paper-9"})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Part(Raises(Field("shape")), Message("")), "may_raise=False: expected True"),
        (
            lambda: Question("f", 1, {}, Message(""), (), wrong=(Wrong("x", 0, 1),)),
            "expected an answer to one of 0 parts",
        ),
        (
            lambda: Question(
                "f", 1, {}, Message(""), (Part(Integer(1), Message("")),), wrong=(Wrong("x", 0, 1),)
            ),
            "that differs from the key",
        ),
    ],
)
def test_questions_that_contradict_themselves_cannot_be_made(make, message):
    """A wrong answer that is the key, and a raising key that is not offered, are refused."""
    with pytest.raises(AnswerError) as error:
        make()
    assert message in str(error.value)


def test_a_public_question_knows_no_number_that_no_text_names():
    """What a template does not name, such as a number that is worked out, is not in the file either."""
    for name in bank.names():
        public = bank.redact(bank.generate(name, 3))
        alt = [public.figure.alt] if public.figure else []
        messages = [public.stem, *(part.prompt for part in public.parts), *(t.caption for t in public.tables)]
        for message in [*messages, *alt]:
            assert all(f"{{{field}" in message.template for field in message.fields), (name, message)
    secret = Message("Width $n = {n}$", {"n": 3, "key": 7})
    shown = bank.redact(
        Question("f", 1, {}, secret, (Part(Integer(7), secret),), tables=(Table(secret, Grid.of([[1]])),))
    )
    assert b"key" not in canonical(shown.to_json())


def test_a_typed_wrong_answer_is_named():
    """All misconceptions that lead to an answer are named; the key and other answers name none."""
    question = bank.generate("conv-output-size", 1)
    key = question.parts[0].answer.value
    for wrong in question.wrong:
        assert wrong.misconception in question.misconceptions(0, wrong.value)
    assert question.misconceptions(0, key) == ()
    assert question.misconceptions(0, 10**9) == ()


def test_questions_are_frozen():
    """Neither a field nor the parameters can be changed after the fact."""
    question = bank.generate("conv-output-size", 1)
    with pytest.raises(AttributeError):
        question.stem = Message("")
    with pytest.raises(TypeError):
        question.given["n"] = 1


def test_every_kind_of_answer_survives_json():
    """Number with its tolerance, shape with its axes, and raising keys read back as themselves."""
    answers = (
        Number(Fraction(1, 3), Fraction(1, 100), "px"),
        Shape((1, 2), ("h", "w")),
        Raises(Field("shape", axes=("h",))),
    )
    parts = tuple(Part(answer, Message("x"), may_raise=True) for answer in answers)
    question = Question("f", 1, {}, Message("x"), parts)
    assert Question.from_json(json.loads(canonical(question.to_json()))) == question
