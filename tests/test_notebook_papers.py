"""Papers as notebooks: what every Jupyter reads, nothing of a key, and answers read back without running a line."""

import base64
import html
import io
import json
import re
import struct
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import mistune
import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import bank, exam, markdown_text
from question_bank.errors import ResponseError
from question_bank.exporters import EXPORTERS, notebook
from question_bank.figures import Figure
from question_bank.issued import KeyItem, Sheet
from question_bank.judging import mark_item
from question_bank.message import Message
from question_bank.model import PublicQuestion
from question_bank.paper import Heading, Item, Paper
from question_bank.responses_notebook import MAX_BYTES, MAX_SOURCE, answer, parse_notebook
from question_bank.roster import Student
from question_bank.translation import localize
from question_bank.values import Prose, Raised, Undetermined, show

FAMILIES = bank.names()
AN = Student("B21-0042", "Nguyễn Văn Án")


def paper_of(*questions, language="en"):
    """Return a sheet of these questions, and its paper as a notebook."""
    items = tuple(KeyItem(f"k7q2-{n:04d}", n, 1, question) for n, question in enumerate(questions))
    sheet = Sheet("Quiz 1", "quiz-1", AN, items, language, coded=True)
    return sheet, json.loads(EXPORTERS.get("notebook").export(exam.paper_of(sheet)))


def source_of(cell):
    """Return a cell's source."""
    return "".join(cell["source"])


def typed(value):
    """Write an answer as Python, as a student would."""
    if isinstance(value, Raised | Undetermined | Prose):
        return json.dumps(
            {Raised: "error", Undetermined: "cannot be determined"}.get(type(value), "Because.")
        )
    text = show(value)
    return json.dumps(text) if isinstance(value, str) or hasattr(value, "text") else text


@pytest.fixture(scope="module", params=FAMILIES)
def pair(request, one_thread):
    """A question of each family: its sheet and its notebook."""
    return paper_of(bank.generate(request.param, 3))


def test_it_is_a_notebook_and_its_own_answers_come_back_with_full_marks(pair):
    """The format accepts it; every key, typed into its cell, is read back and worth all points."""
    sheet, book = pair
    nbformat.validate(nbformat.from_dict(book))
    [item] = sheet.items
    keys = iter(item.question.parts)
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            name = re.search(r"answer_\w+", source_of(cell))[0]
            cell["source"] = [f"# [{item.id.upper()}]/?\n", f"{name} = {typed(next(keys).answer.value)}"]
    assert list(keys) == []
    response = parse_notebook(json.dumps(book).encode(), "a.ipynb")
    assert (response.paper, response.student, response.file) == ("quiz-1", "B21-0042", "a.ipynb")
    mark = mark_item(item, response.answers)
    assert all(part.fraction == 1 or part.outcome == "for a person" for part in mark.parts), mark


def test_all_that_the_question_shows_is_there(pair):
    """Code, listing, numbers of tables, figure with its description; every option with its letter."""
    sheet, book = pair
    [item] = sheet.items
    question = item.question
    told = "\n\n".join(source_of(cell) for cell in book["cells"] if cell["cell_type"] == "markdown")
    assert "\\[K7Q2-0000\\]" in told
    assert question.code in told
    for table in question.tables:
        for row in table.value.rows():
            assert " & ".join(show(cell) for cell in row) in told
    for part in question.parts:
        for letter, option in zip(part.field.letters, part.field.options, strict=True):
            assert f"- {letter}: {markdown_text.text(Message(option))}" in told
    pictures = [cell["attachments"]["figure"] for cell in book["cells"] if "attachments" in cell]
    assert bool(pictures) == bool(question.figure) == ("](attachment:figure)" in told)
    for picture in pictures:
        wide, high = png_size(base64.b64decode(picture["image/png"]))
        assert wide > 50
        assert high > 20


def png_size(data):
    """Read a PNG whole: signature, size, and data that unpacks."""
    stream = io.BytesIO(data)
    assert stream.read(8) == b"\x89PNG\r\n\x1a\n"
    size, packed = None, b""
    while head := stream.read(8):
        length, kind = struct.unpack(">I4s", head)
        body = stream.read(length)
        stream.read(4)
        size = struct.unpack(">II", body[:8]) if kind == b"IHDR" else size
        packed += body if kind == b"IDAT" else b""
    assert zlib.decompress(packed)
    return size


def test_nbgrader_validates_it_and_running_it_does_no_harm(tmp_path):
    """The command that students run before they hand in says that all is well: empty cells run, too."""
    _, book = paper_of(bank.generate("printed-shape", 1), bank.generate("written-convolution", 1))
    path = tmp_path / "quiz.ipynb"
    path.write_text(json.dumps(book), encoding="utf-8")
    command = [Path(sys.executable).with_name("nbgrader"), "validate", path.name]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    assert "Success" in result.stdout + result.stderr


def test_sections_versions_and_rules_stand_where_they_belong():
    """Headings before their first item, the version at the top, the rule of credit at the item."""
    question = bank.redact(bank.generate("window-count", 1))
    items = tuple(
        Item(f"abcd-{n:04d}", n, 2, question, credit) for n, credit in enumerate(("parts", "all-or-nothing"))
    )
    headings = (Heading("Part *I*", "Sizes with $s$.", 0), Heading("", "The rest.", 1))
    book = json.loads(
        EXPORTERS.get("notebook").export(
            Paper("Q", "q", "1", items, sections=headings, version="B", coded=True)
        )
    )
    told = [source_of(cell) for cell in book["cells"] if cell["cell_type"] == "markdown"]
    assert "- Version: B" in told[0]
    assert told[1] == "# Part \\*I\\*\n\nSizes with $s$."
    assert told[2].startswith("## Question 1 (2 points)\n")
    assert told[3] == "The rest."
    assert "*All points for a whole right answer, otherwise none.*" in told[4]
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])


@pytest.mark.parametrize(
    "name", ["linear-on-last-axis", "which-are-true", "written-convolution", "conv-cell-expression"]
)
def test_in_vietnamese_no_english_word_of_ours_is_left(name):
    """The words of the notebook are in its language."""
    _, book = paper_of(localize(bank.generate(name, 1), "vi"), language="vi")
    told = "\n".join(source_of(cell) for cell in book["cells"] if cell["cell_type"] == "markdown")
    for word in (*markdown_text.WORDS, *notebook.WORDS):
        assert word not in told


def test_a_picture_of_the_instructors_own_is_embedded_as_it_is():
    """A PNG stays that PNG."""
    data = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    figure = Figure("image", Message("A dot"), {"size": (1, 1)}, media="image/png", data=data)
    question = replace(bank.generate("window-count", 1), figure=figure)
    _, book = paper_of(question)
    [picture] = [cell["attachments"]["figure"] for cell in book["cells"] if "attachments" in cell]
    assert base64.b64decode(picture["image/png"]) == data


MARKS = st.text(st.sampled_from("\\`*_{}[]<>#$&~|-+1. \nab\u1ec7"), min_size=1, max_size=30)


@given(MARKS)
@settings(max_examples=150, deadline=None)
def test_whatever_a_text_says_is_shown_as_it_is(words):
    """Rendered by a Markdown reader, the text of the paragraph is the text again."""
    shown = mistune.create_markdown(escape=False)(markdown_text.plain(words))
    assert not words.strip() or re.fullmatch(r"<p>[^<>]*</p>\n?", shown, re.DOTALL), (words, shown)
    said = html.unescape(re.sub(r"</?p>", "", shown)).split()
    assert said == words.split()


def test_code_and_listings_keep_their_backquotes():
    """A fence is longer than any in the listing."""
    question = PublicQuestion(Message("Why `x`?"), parts=(), code="print('```')\n````")
    item = Item("a", 0, 1, question)
    told = markdown_text.item(item, 1, "en", lambda _: "", coded=False)
    assert "`````python\nprint('```')\n````\n`````" in told
    assert told.startswith("## Question 1 (1 point) \\[A\\]")


# --- reading back


CELLS = {
    "a tuple": ("answer_1 = (3, 32, 32)", "(3, 32, 32)"),
    "an array over lines": ("answer_1 = [[1, 2],\n   [3, 4]]", "[[1, 2], [3, 4]]"),
    "a text": ("answer_1 = 'A, C'", "A, C"),
    "texts side by side": ("answer_1 = ('be'\n 'cause')", "because"),
    "prose": ('answer_1 = """\nBecause.\n"""', "Because."),
    "nothing": ("answer_1 = None", ""),
    "an empty cell": ("", ""),
    "a comment": ("# [A]/a", ""),
    "a fraction": ("answer_1 = -1/3", "-1/3"),
    "what would be computed": ("answer_1 = 2 * 3", "2 * 3"),
    "a call": ("answer_1 = __import__('os').system('true')", "__import__('os').system('true')"),
    "a tensor": ("answer_1 = torch.tensor([1, 2])", "torch.tensor([1, 2])"),
    "a word": ("answer_1 = error", "error"),
    "no Python": ("answer_1 = 32 x 32  # by hand", "32 x 32"),
    "a unit": ("answer_1 = 24 px", "24 px"),
    "the last one counts": ("answer_1 = 1\nanswer_1 = 2", "2"),
    "a type": ("answer_1: int = 7", "7"),
    "only the value": ("24", "24"),
    "another name": ("x = 24", ""),
    "a null byte": ("answer_1 = 1\0", ""),
    "deep brackets": ("answer_1 = " + "[" * 3000, "[" * 3000),
}


@pytest.mark.parametrize(("source", "wanted"), CELLS.values(), ids=CELLS.keys())
def test_an_answer_is_what_was_typed_after_the_equals_sign(source, wanted):
    """Nothing is computed, and what is no Python is read all the same."""
    assert answer(source) == wanted or (source.endswith("\0") and answer(source) in {"", "1\0", "1"})


def handed_in(*cells, **about):
    """Return the bytes of a notebook with these cells."""
    known = {"format": "legrade-notebook-1", "paper": "q", "student": "1", **about}
    return json.dumps(
        {"cells": list(cells), "metadata": {"legrade": known}, "nbformat": 4, "nbformat_minor": 5}
    ).encode()


def code_cell(source, key=None):
    """Return a code cell."""
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {"legrade": {"key": key}} if key else {},
        "outputs": [],
    }


def test_cells_are_known_by_their_metadata_or_by_their_first_line():
    """Metadata goes before; a Markdown cell and a cell of the student's own are none; the later answer counts."""
    data = handed_in(
        code_cell("answer_1 = 1", "k7q2-0001/a"),
        code_cell(["# [K7Q2-0001]/b\n", "answer_2 = 2"]),
        code_cell("# [K7Q2-0009]/c\nanswer_2 = 3", "k7q2-0001/c"),
        {"cell_type": "markdown", "source": "# [K7Q2-0001]/d\nanswer_1 = 4", "metadata": {}},
        code_cell("print(5)"),
        code_cell("answer_1 = 6", "k7q2-0001/a"),
        code_cell("answer_1 = None", "k7q2-0001/a"),
        "no cell",
    )
    assert dict(parse_notebook(data, "f").answers) == {
        "k7q2-0001/a": "6",
        "k7q2-0001/b": "2",
        "k7q2-0001/c": "3",
    }


BROKEN = {
    "no UTF-8": (b"\xff\xfe", r"not UTF-8 \(byte 1\); expected a notebook as Jupyter saved it"),
    "cut off": (handed_in()[:-20], "not JSON, or cut off"),
    "too deep": (b"[" * 200_000, "not JSON, or cut off"),
    "a list": (b"[]", "got list, expected a notebook"),
    "another notebook": (b'{"cells": [], "metadata": {}}', "legrade: got NoneType.*as it was handed out"),
    "another format": (handed_in(format="x"), "got 'x', expected 'legrade-notebook-1'"),
    "no cells": (handed_in().replace(b'"cells": []', b'"cells": 5'), "cells: expected a list"),
    "too many cells": (handed_in(*[1] * 5001), "at most 5000 cells"),
    "no student": (handed_in(student=7), "metadata.legrade.student: expected a text of 1 to 200"),
    "a long paper": (handed_in(paper="q" * 300), "metadata.legrade.paper: expected a text of 1 to 200"),
}


@pytest.mark.parametrize(("data", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_file_that_is_no_quiz_notebook_is_refused_with_a_reason(data, message):
    """What was got, what was expected."""
    with pytest.raises(ResponseError, match=message):
        parse_notebook(data, "f")


def test_a_file_that_is_too_large_is_not_parsed():
    """Outputs can be of any size."""
    with pytest.raises(
        ResponseError, match="more than 20000000 bytes; expected the quiz notebook, its outputs cleared"
    ):
        parse_notebook(b" " * (MAX_BYTES + 1), "f")
    assert len(answer("answer_1 = " + "1" * MAX_SOURCE)) > MAX_SOURCE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "metadata", "legrade", "source", "key", "cell_type", "format", "paper"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(st.binary(max_size=100) | JSON.map(lambda data: json.dumps(data).encode()))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data):
    """Nothing but a response or a `ResponseError`."""
    with pytest.raises(ResponseError):
        parse_notebook(data, "f")


@given(st.lists(JSON, max_size=5), st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_cells_are_read(cells, source):
    """Whatever cells hold, the others are read, and every answer is a text that a file can hold."""
    data = handed_in(*cells, code_cell(source, "k7q2-0001/a"), code_cell("answer_1 = 5", "k7q2-0002/a"))
    response = parse_notebook(data, "f")
    assert response.answers["k7q2-0002/a"] == "5"
    assert all(text.encode() for text in response.answers.values())


@given(st.text(st.sampled_from("answer_1 =()[]{}'\"\\#\n\t0123.,-+*/:;lambda\u1ec7\x00\ud800"), max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_source_is_read(source):
    """No source of a cell stops the reader, and none becomes longer than by the blanks after its commas."""
    assert len(answer(source)) <= len(source) + source.count(",") + 2
