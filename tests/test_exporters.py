"""Every format over every family: the same bytes each time, nothing of the key, nothing from outside."""

import base64
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from question_bank import bank, exam
from question_bank.answers import (
    Array,
    Choice,
    Choices,
    Criterion,
    Expression,
    Integer,
    Number,
    Raises,
    Shape,
    Undetermined,
    Written,
)
from question_bank.blueprint import Blueprint, Slot
from question_bank.errors import DuplicateNameError, UnknownNameError
from question_bank.exporters import EXPORTERS, exporter
from question_bank.issued import KeyItem, Sheet, read_sheets
from question_bank.keys import CourseKey
from question_bank.message import Message
from question_bank.model import PublicQuestion
from question_bank.paper import Item, Paper
from question_bank.roster import Student
from question_bank.values import Grid

AN = Student("B21-0042", "Nguyễn Văn Án")
FAMILIES = bank.names()
FORMATS = tuple(name for name in EXPORTERS.names() if name != "pdf")
"""A PDF is what `typst` wrote, compiled: tests/test_pdf.py compiles all families in few documents."""

SECRET_FIELDS = {
    "answer",
    "solution",
    "wrong",
    "given",
    "family",
    "version",
    "tolerance",
    "seed",
    "key",
    "numbers",
    "formula",
}


def sheet_of(question):
    """Return a paper with this question alone."""
    return Sheet("Quiz", "quiz-1", AN, (KeyItem("abcd-efgh", 0, 1, question),))


@pytest.fixture(scope="module", params=FAMILIES)
def questions(request):
    """Eight questions of each family."""
    return [bank.generate(request.param, seed) for seed in range(8)]


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_paper_gives_the_same_bytes(questions, name):
    """Exports repeat byte for byte."""
    export = EXPORTERS.get(name).export
    for question in questions:
        assert export(exam.paper_of(sheet_of(question))) == export(exam.paper_of(sheet_of(question)))


def otherwise(answer):  # noqa: PLR0911 -- one for each kind
    """Return an answer of the same kind with another key."""
    match answer:
        case Integer() | Number():
            return replace(answer, value=answer.value + 1)
        case Shape():
            return replace(answer, value=tuple(n + 1 for n in answer.value))
        case Array(value=grid):
            return replace(answer, value=Grid(grid.shape, tuple(c + 1 for c in grid.cells)))
        case Choice():
            return replace(
                answer, value=next(letter for letter in answer.field.letters if letter != answer.value)
            )
        case Choices(value=value):
            return replace(answer, value="A" if value != "A" else "B")
        case Expression(text=text):
            return replace(answer, text=f"({text}) + 1")
        case Written():
            return replace(answer, rubric=(Criterion(Message("Something else"), 1),))
        case Raises(instead=field) | Undetermined(instead=field) if field.kind == "integer":
            return Integer(7, field.unit)
        case Raises(instead=field) | Undetermined(instead=field):
            return Shape((7,) * len(field.axes), field.axes)


@pytest.mark.parametrize("name", FORMATS)
def test_a_paper_does_not_depend_on_its_key(questions, name):
    """With every key, step and misconception changed, not one released byte changes: so none tells a key."""
    export = EXPORTERS.get(name).export
    for question in questions:
        parts = tuple(replace(part, answer=otherwise(part.answer), follow=None) for part in question.parts)
        other = replace(question, family="x", version=9, given={}, parts=parts, solution=(), wrong=())
        assert export(exam.paper_of(sheet_of(question))) == export(exam.paper_of(sheet_of(other)))


@pytest.mark.parametrize("name", FORMATS)
def test_an_array_whose_shape_is_asked_for_does_not_show_it(questions, name):
    """A larger key gives the same page where the size is part of the answer."""
    for question in questions:
        for number, part in enumerate(question.parts):
            if isinstance(part.answer, Array) and not part.answer.show_size:
                larger = replace(part, answer=Array(Grid((9, 9), (0,) * 81)))
                changed = (*question.parts[:number], larger, *question.parts[number + 1 :])
                parts = tuple(replace(each, follow=None) for each in changed)
                other = replace(question, parts=parts, wrong=())
                export = EXPORTERS.get(name).export
                assert export(exam.paper_of(sheet_of(question))) == export(exam.paper_of(sheet_of(other)))


def names(data):
    """Yield the name of every field of every object, at any depth."""
    if isinstance(data, dict):
        yield from data
    for item in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from names(item)


def test_the_released_json_has_no_field_of_the_key(questions):
    """No object at any depth has a field that a key is made of, but for what a stem shows; it reads back as the paper."""
    for question in questions:
        paper = exam.paper_of(sheet_of(question))
        data = json.loads(EXPORTERS.get("json").export(paper))
        assert Paper.from_json(data) == paper
        for item in data["items"]:
            item["question"]["stem"]["fields"] = {}
        assert not SECRET_FIELDS & set(names(data))


def test_no_seed_and_no_key_is_in_any_released_byte(tmp_path, monkeypatch):
    """The course key and everything derived from it stay out, raw, in hexadecimal and in base 64, but for item codes."""
    derived = []
    derive = CourseKey.derive

    def record(self, purpose, *fields):
        derived.append((purpose, derive(self, purpose, *fields)))
        return derived[-1][1]

    monkeypatch.setattr(CourseKey, "derive", record)
    CourseKey.new(tmp_path / "course.key")
    secret = (tmp_path / "course.key").read_text(encoding="ascii").split()[1]
    key = CourseKey.load(tmp_path / "course.key")
    slots = tuple(Slot(name) for name in FAMILIES)
    exam.build(Blueprint("Quiz", "quiz-1", slots), (AN, Student("2", "Bình")), key, tmp_path / "out", FORMATS)
    files = sorted(path for path in (tmp_path / "out" / "papers").rglob("*") if path.is_file())
    released = b"".join(path.read_bytes() for path in files)
    assert len(derived) >= 3 * len(FAMILIES)
    for raw in (bytes.fromhex(secret), *(value for _, value in derived)):
        for form in (
            raw,
            raw.hex().encode(),
            raw[:16].hex().encode(),
            base64.b64encode(raw)[:20],
            base64.b32encode(raw)[:20],
        ):
            assert form not in released
    codes = {item.id for sheet in read_sheets(tmp_path / "out").values() for item in sheet.items}
    assert len(codes) == 2 * len(FAMILIES)


def test_another_process_gives_the_same_bytes(tmp_path):
    """Same key, blueprint and class list: same files, keys included, whatever the hash seed and the order of the class."""
    CourseKey.new(tmp_path / "course.key")
    program = (
        "import sys; from pathlib import Path; from question_bank import bank, exam, keys, roster, blueprint as b;"
        "here = Path(sys.argv[1]); slots = tuple(b.Slot(name) for name in bank.names()[::3]);"
        "students = [roster.Student(str(i), 'n') for i in sys.argv[3]];"
        "exam.build(b.Blueprint('Q', 'q', slots), students, keys.CourseKey.load(here / 'course.key'), here / sys.argv[2])"
    )
    for seed, order in (("1", "123"), ("2", "312")):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(
            [sys.executable, "-c", program, tmp_path, seed, order], env=environment, check=True, timeout=200
        )
    files = [
        {
            path.relative_to(tmp_path / seed): path.read_bytes()
            for path in (tmp_path / seed).rglob("*")
            if path.is_file()
        }
        for seed in "12"
    ]
    assert (
        len(files[0]) == 3 * 4 + 3
    )  # two papers, a key and its sheet each; the exam, the class, how fair it is
    assert files[0] == files[1]


class Elements(HTMLParser):
    """Collects (element, attributes) and the text of scripts."""

    def __init__(self):
        super().__init__()
        self.found, self.scripts, self._open = [], [], ""

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.found.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, _tag):
        """Leave an element."""
        self._open = ""

    def handle_data(self, data):
        """Note a script's text."""
        if self._open == "script":
            self.scripts.append(data)


def test_the_page_asks_for_nothing_outside(questions):
    """No address, no resource, no handler in an attribute; the policy allows the page's own style and script alone."""
    text = EXPORTERS.get("html").export(exam.paper_of(sheet_of(questions[0]))).decode()
    page = Elements()
    page.feed(text)
    assert not re.search(r"https?:|//[a-z]|url\(|@import", text.replace("// ", ""))
    for tag, attributes in page.found:
        assert tag not in {"img", "link", "iframe", "object", "embed", "base", "audio", "video"}
        assert not [name for name in attributes if name in {"src", "href", "action"} or name.startswith("on")]
    assert len(page.scripts) == 1
    [policy] = [a["content"] for _, a in page.found if a.get("http-equiv") == "Content-Security-Policy"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'",
        policy,
    )


def test_hostile_texts_stay_texts():
    """A name or title that is mark-up is shown, not obeyed."""
    question = bank.generate(FAMILIES[0], 0)
    hostile = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    sheet = Sheet(hostile, "quiz-1", Student(hostile, hostile), (KeyItem("abcd-efgh", 0, 1, question),))
    text = EXPORTERS.get("html").export(exam.paper_of(sheet)).decode()
    page = Elements()
    page.feed(text)
    assert len(page.scripts) == 1
    assert "img" not in {tag for tag, _ in page.found}


def test_the_page_states_the_conventions():
    """What could be read in two ways is settled on every page."""
    text = EXPORTERS.get("html").export(exam.paper_of(sheet_of(bank.generate(FAMILIES[0], 0)))).decode()
    for words in (
        "cross-correlation, as in PyTorch",
        "(C, H, W)",
        "rounded down (floor)",
        "on <em>each</em> side",
        "other numbers",
    ):
        assert words in text


def test_an_unknown_format_is_answered_with_the_nearest():
    """`htm` is not `html`, but it is near."""
    with pytest.raises(
        UnknownNameError, match=r"unknown format 'htm': did you mean html\? Known: html, json"
    ):
        EXPORTERS.get("htm")


def test_a_format_cannot_be_registered_twice():
    """Two files that claim one name are told apart before anything is written."""
    with pytest.raises(DuplicateNameError, match="format 'html' is there twice"):
        exporter("html", suffix=".html")(lambda paper: paper.title.encode())


def test_templates_are_part_of_the_package():
    """Every template has a suffix that the wheel takes along."""
    folder = Path(bank.__file__).parent / "exporters" / "templates"
    assert {path.suffix for path in folder.iterdir()} == {".j2", ".typ"}


def test_formulas_and_numbers_are_set_as_in_print():
    """No line begins with the comma after a formula; negative numbers have a minus sign, but not in code; ranges have none."""
    question = PublicQuestion(
        Message("With $s = {s}$, <b> and bias -2 (pages 3-4): `x[-1]`.", {"s": 4}), parts=(), code="y = -1"
    )
    page = EXPORTERS.get("html").export(Paper("Quiz", "quiz-1", "B1", (Item("a", 0, 1, question),))).decode()
    assert "</math>,</span> &lt;b&gt; and bias \u22122 (pages 3-4): <code>x[-1]</code>." in page
    assert "y = -1" in page


def test_long_lines_of_a_listing_are_set_smaller():
    """A table of layers is read without moving it to and fro; a listing with short lines keeps its size."""
    for length, wanted in ((74, "<pre tabindex"), (75, '<pre class="wide" tabindex')):
        question = PublicQuestion(Message("?"), parts=(), code=f"short\n{'x' * length}")
        page = EXPORTERS.get("html").export(Paper("Quiz", "quiz-1", "B1", (Item("a", 0, 1, question),)))
        assert wanted in page.decode()
