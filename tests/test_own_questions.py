"""Questions of a course's own: read whole or refused by line, and issued, shown and marked like those of families."""

import base64
import io
import json
import struct
import zipfile
import zlib
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank import bank, exam
from question_bank.answers import Array, Choice, Choices, Expression, Integer, Number, Raises, Shape, Written
from question_bank.as_text import solution_lines
from question_bank.blueprint import parse_blueprint, read_blueprint
from question_bank.drawings import svg
from question_bank.errors import BlueprintError, FormatError, MissingTranslationError
from question_bank.exporters import KEY_EXPORTERS
from question_bank.figures import Figure
from question_bank.frozen import canonical
from question_bank.images import MAX_BYTES, read_image
from question_bank.issued import KeyItem, read_exam, read_sheets
from question_bank.judging import mark_item
from question_bank.keys import CourseKey
from question_bank.message import Message
from question_bank.own_data import OwnQuestion
from question_bank.paper import key_of
from question_bank.pool import Group, Pool
from question_bank.roster import Student
from question_bank.static_questions import parse_question
from question_bank.values import Field, Grid

KEY = CourseKey(bytes(range(32)))
CHOICE = """stem = "Which set is {1, 2}, for $n = 5$ and `x[{i}]`?"
kind = "choice"
options = ["{1, 2}", "nothing", "all of it"]
key = "{1, 2}"
feedback = "Sets have no order."
[[wrong]]
answer = "nothing"
feedback = "The empty set is {}."
[[wrong]]
answer = "all of it"
misconception = "padding-once"
"""


def parsed(text, name="q"):
    """Read a question from its text."""
    return parse_question(text.encode(), name, "q.toml").question


def answer(fields):
    """Read the answer of a question with these fields."""
    return parsed(f'stem = "?"\n{fields}').parts[0].answer


KINDS = {
    "integer": ('kind = "integer"\nkey = 24\nunit = "px"', Integer(24, "px"), "24 px"),
    "number": (
        'kind = "number"\nkey = 0.25\ntolerance = 0.01',
        Number(Fraction(1, 4), Fraction(1, 100)),
        "0,26",
    ),
    "fraction": ('kind = "number"\nkey = "3/4"', Number(Fraction(3, 4)), "0.75"),
    "shape": (
        'kind = "shape"\nkey = [3, 32, 32]\naxes = ["C", "H", "W"]',
        Shape((3, 32, 32), ("C", "H", "W")),
        "3x32x32",
    ),
    "array": (
        'kind = "array"\nkey = [[1, -2], [0.5, 4]]\nshow_size = true',
        Array(Grid((2, 2), (1, -2, Fraction(1, 2), 4)), show_size=True),
        "1 -2\n1/2 4",
    ),
    "expression": (
        'kind = "expression"\nkey = "2*(n + 1)"\nsymbols = ["n"]',
        Expression("2*(n + 1)", ("n",)),
        "2n + 2",
    ),
    "choices": (
        'kind = "choices"\noptions = ["a", "b", "c"]\nkey = ["c", "a"]',
        Choices(("a", "b", "c"), "AC"),
        "A, C",
    ),
    "raises": (
        'kind = "shape"\nkey = "error"\nmay_raise = true\naxes = ["H", "W"]',
        Raises(Field("shape", axes=("H", "W"))),
        "this raises an error",
    ),
}


@pytest.mark.parametrize(("fields", "expected", "typed"), KINDS.values(), ids=KINDS)
def test_every_kind_of_answer_is_read_and_marks_right(fields, expected, typed):
    """What a student may type is right; the question freezes and reads back."""
    question = parsed(f'stem = "?"\n{fields}')
    assert question.parts[0].answer == expected
    assert mark_item(KeyItem("k", 0, 1, question), {"k/a": typed}).points == 1
    own = parse_question(f'stem = "?"\n{fields}'.encode(), "q")
    assert OwnQuestion.from_json(json.loads(canonical(own.to_json()))) == own


def test_a_choice_names_every_wrong_option_and_keeps_its_braces():
    """By the author's words or by the catalogue; braces, formulas and code are shown as they were typed."""
    question = parsed(CHOICE)
    assert question.stem.plain() == "Which set is {1, 2}, for n = 5 and x[{i}]?"
    assert question.parts[0].answer == Choice(("{{1, 2}}", "nothing", "all of it"), "A")
    mark = mark_item(KeyItem("k", 0, 1, question), {"k/a": "b"}).parts[0]
    assert (mark.outcome, mark.misconceptions) == ("wrong", ("The empty set is {}.",))
    assert question.misconceptions(0, "C") == ("padding-once",)
    told = "\n".join(solution_lines(question))
    assert "B: The empty set is {}." in told
    assert "C: Padding counted on one side only" in told
    assert "Sets have no order." in told


@pytest.mark.parametrize("name", KEY_EXPORTERS.names())
def test_course_systems_are_told_reasons_with_braces(name):
    """The author's words stand in every format that tells them, braces as they are."""
    group = Group("Slot 1", "", 1, (KeyItem("k7q2-0000", 0, 1, parsed(CHOICE)),), 1)
    told = KEY_EXPORTERS.get(name).export(Pool("Quiz", "q", (group,)))
    if told[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(told)) as packed:
            told = b"".join(packed.read(each) for each in packed.namelist())
    assert "The empty set is {}." in told.decode().replace("\\", "")


def test_written_text_and_several_parts():
    """A rubric in place of a key; parts with prompts of their own."""
    question = parsed(
        'stem = "?"\n[[parts]]\nprompt = "Say why $a = b$."\nkind = "text"\n[[parts.rubric]]\ntext = "because"\npoints = 2\n'
        '[[parts]]\nprompt = "How many?"\nkind = "integer"\nkey = 3\n[[parts.wrong]]\nanswer = 4\nfeedback = "One less."\n'
    )
    assert isinstance(question.parts[0].answer, Written)
    assert question.parts[0].answer.show() == "because (2)"
    assert [wrong.part for wrong in question.wrong] == [1]


BROKEN = {
    "no stem": ('kind = "integer"\nkey = 1', r"q\.toml: stem: got nothing, expected a text of 1 to 10000"),
    "formula": (
        'stem = "$a +$"\nkind = "integer"\nkey = 1',
        r"line 1: stem: formula 'a \+': expected arithmetic",
    ),
    "misspelt": (
        'stem = "?"\nkinds = "integer"',
        r"line 2: kinds: got a field that there is not, .*did you mean kind\?",
    ),
    "kind": (
        'stem = "?"\nkind = "integr"\nkey = 1',
        r"line 2: kind: got 'integr', .*; did you mean integer\?",
    ),
    "no kind": ('stem = "?"', r"kind: got '', expected one of integer, number"),
    "no key": ('stem = "?"\nkind = "integer"', r"key: got nothing, expected the right answer"),
    "key unreadable": (
        'stem = "?"\nkind = "integer"\nkey = "two"',
        r"line 3: key: got 'two': not read as a number",
    ),
    "key of another kind": (
        'stem = "?"\nkind = "integer"\nkey = 2.5',
        r"line 3: key: answer .* of the kind integer",
    ),
    "key true": ('stem = "?"\nkind = "integer"\nkey = true', r"key: got True, expected a text, a number"),
    "key huge": (
        'stem = "?"\nkind = "number"\nkey = 1e999999999',
        r"key: got 1E\+999999999, expected a text",
    ),
    "axes": (
        'stem = "?"\nkind = "shape"\nkey = [1, 2]\naxes = ["H"]',
        r"line 3: key: axes=.*: expected 2 names",
    ),
    "axes of a number": (
        'stem = "?"\nkind = "number"\nkey = 1\naxes = ["H"]',
        r"line 4: axes: got axes with the kind",
    ),
    "tolerance": (
        'stem = "?"\nkind = "number"\nkey = 1\ntolerance = -1',
        r"line 4: tolerance: got -1, expected a number",
    ),
    "symbols": (
        'stem = "?"\nkind = "expression"\nkey = "n"',
        r"symbols: got nothing, expected a list of texts",
    ),
    "unknown letter": (
        'stem = "?"\nkind = "expression"\nkey = "m"\nsymbols = ["n"]',
        r"line 3: key: got 'm': a letter",
    ),
    "one option": (
        'stem = "?"\nkind = "choice"\noptions = ["a"]\nkey = "a"',
        r"line 3: options: .* 2 to 26 different",
    ),
    "options twice": (
        'stem = "?"\nkind = "choice"\noptions = ["a", "a "]\nkey = "a"',
        r"line 3: options: .*different",
    ),
    "option": (
        'stem = "?"\nkind = "choice"\noptions = ["padding", "stride"]\nkey = "pading"',
        r"line 4: key: got 'pading', expected the text of an option; did you mean 'padding'\?",
    ),
    "option formula": (
        'stem = "?"\nkind = "choice"\noptions = ["$+$", "b"]\nkey = "b"',
        r"line 3: options: formula",
    ),
    "two keys": (
        'stem = "?"\nkind = "choice"\noptions = ["a", "b"]\nkey = ["a"]',
        r"expected one of the options",
    ),
    "no reason": (
        'stem = "?"\nkind = "choice"\noptions = ["a", "b"]\nkey = "a"',
        r"line 3: options: got the wrong option 'b' without a reason, expected a table \[\[wrong\]\] for it",
    ),
    "wrong is right": (
        'stem = "?"\nkind = "integer"\nkey = 3\n[[wrong]]\nanswer = "3.0"\nfeedback = "x"',
        r"line 5: wrong\[0\]\.answer: got '3\.0', expected a wrong answer; this one is right",
    ),
    "wrong twice": (
        'stem = "?"\nkind = "integer"\nkey = 3\n[[wrong]]\nanswer = 4\nfeedback = "x"\n[[wrong]]\nanswer = 4\nfeedback = "y"',
        r"line 8: wrong\[1\]\.answer: got 4 again, expected every wrong answer once",
    ),
    "wrong without a name": (
        'stem = "?"\nkind = "integer"\nkey = 3\n[[wrong]]\nanswer = 4',
        r"line 4: wrong\[0\]: got both or neither, expected either a misconception of the catalogue, or a feedback",
    ),
    "no wrong answer": (
        'stem = "?"\nkind = "integer"\nkey = 3\n[[wrong]]\nfeedback = "x"',
        r"wrong\[0\]\.answer: got noth",
    ),
    "feedback": (
        'stem = "?"\nkind = "integer"\nkey = 3\n[[wrong]]\nanswer = 4\nfeedback = 1',
        r"line 6: .*feedback: got 1",
    ),
    "misconception": (
        'stem = "?"\nkind = "integer"\nkey = 3\n[[wrong]]\nanswer = 4\nmisconception = "padding-onc"',
        r"line 6: wrong\[0\]\.misconception: got 'padding-onc', expected an id of the catalogue; did you mean padding-once",
    ),
    "text with a key": (
        'stem = "?"\nkind = "text"\nkey = "x"',
        r"line 3: key: got a key with the kind text, expected a rubric",
    ),
    "no rubric": (
        'stem = "?"\nkind = "text"',
        r"rubric: got nothing, expected one table \[\[rubric\]\] or more",
    ),
    "rubric text": (
        'stem = "?"\nkind = "text"\n[[rubric]]\npoints = 1',
        r"line 3: rubric\[0\]\.text: got nothing, expected",
    ),
    "rubric formula": (
        'stem = "?"\nkind = "text"\n[[rubric]]\ntext = "$+$"',
        r"line 4: rubric\[0\]\.text: formula '\+'",
    ),
    "rubric points": (
        'stem = "?"\nkind = "text"\n[[rubric]]\ntext = "a"\npoints = 0',
        r"points: got 0, expected a whole",
    ),
    "no parts": ('stem = "?"\nparts = []', r"line 2: parts: got 0 parts, expected 1 to 26"),
    "kind beside parts": (
        'stem = "?"\nkind = "text"\n[[parts]]\nkind = "text"',
        r"line 2: kind: got a field that there",
    ),
    "code": ('stem = "?"\ncode = 1\nkind = "integer"\nkey = 1', r"line 2: code: got 1, expected a listing"),
    "language": (
        'stem = "?"\nlanguage = "de"\nkind = "integer"\nkey = 1',
        r"line 2: language: got 'de', expected one of en, vi",
    ),
    "texts": (
        'stem = "?"\ntexts = 1\nkind = "integer"\nkey = 1',
        r"line 2: texts: got 1, expected tables \[texts\.LANG",
    ),
    "texts of its own": (
        'stem = "?"\nkind = "integer"\nkey = 1\n[texts.en]',
        r"line 4: texts\.en: .* a table for one of vi",
    ),
    "texts empty": (
        'stem = "?"\nkind = "integer"\nkey = 1\n[texts.vi]\n"?" = ""',
        r"line 5: texts\.vi\.\?: got '', expected",
    ),
    "keep order": (
        'stem = "?"\nkeep_order = 1\nkind = "integer"\nkey = 1',
        r"line 2: keep_order: got 1, expected true or false",
    ),
    "image": (
        'stem = "?"\nimage = "a.png"\nkind = "integer"\nkey = 1',
        r"line 2: image: got 'a\.png', expected a table, as",
    ),
    "no alt": (
        'stem = "?"\nimage = { file = "a.png" }\nkind = "integer"\nkey = 1',
        r"line 2: image\.alt: got nothing",
    ),
    "feedback that is no formula": (
        'stem = "?"\nkind = "integer"\nkey = 1\n[[wrong]]\nanswer = 2\nfeedback = "It is $x^2$."',
        r"line 6: wrong\[0\]\.feedback: formula 'x\^2'",
    ),
    "not TOML": ("stem = \n", r"q\.toml: not TOML: .*line 1"),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_question_says_where_what_and_what_instead(text, message):
    """Each fault is named with file, line, field, what was got and what was expected."""
    with pytest.raises(BlueprintError, match=message):
        parsed(text)


PIECES = st.sampled_from(
    [
        *(
            'stem = "?"',
            'stem = "${$"',
            'kind = "choice"',
            'kind = "array"',
            'kind = "text"',
            'kind = "number"',
        ),
        *(
            'options = ["a", "{b}"]',
            "options = [1]",
            'key = "a"',
            "key = [[1], [2, 3]]",
            "key = nan",
            "key = 1979-05-27",
        ),
        *(
            'key = "error"',
            "may_raise = true",
            "[[wrong]]",
            'answer = "{b}"',
            "answer = []",
            'feedback = "x"',
        ),
        *(
            "[[parts]]",
            "[[rubric]]",
            'text = "x"',
            "[texts.vi]",
            'symbols = ["("]',
            'axes = ["H"]',
            "show_size = true",
        ),
        *(
            'misconception = "padding-once"',
            'image = { file = "../x", alt = "x" }',
            'unit = "{"',
            "tolerance = 1e-9999",
        ),
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=10)), max_size=9).map("\n".join))
def test_any_text_is_a_question_or_a_blueprint_error(text):
    """No text makes the reader fail in another way; what it reads can be shown, freezes and reads back."""
    try:
        own = parse_question(text.encode("utf-8", "surrogatepass"), "q")
    except BlueprintError:
        return
    assert OwnQuestion.from_json(json.loads(canonical(own.to_json()))) == own
    assert solution_lines(own.question)
    bank.redact(own.question)


def png(width=3, height=2):
    """Return a PNG."""
    rows = b"".join(b"\0" + bytes([200, 30, 30] * width) for _ in range(height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def svg_of(inside="", attributes='width="40" height="20"'):
    """Return an SVG."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


def course(tmp_path, **questions):
    """Write questions, and a blueprint that asks all of them beside a family."""
    (tmp_path / "questions").mkdir(exist_ok=True)
    for name, text in questions.items():
        (tmp_path / "questions" / f"{name}.toml").write_text(text, encoding="utf-8")
    slots = "".join(f'[[slots]]\nquestion = "{name}"\npoints = 2\n' for name in questions)
    path = tmp_path / "exam.toml"
    path.write_text(
        f'title = "Q"\npaper = "q"\n[[slots]]\nfamily = "conv-output-size"\n{slots}', encoding="utf-8"
    )
    return path


def test_own_questions_are_issued_frozen_shown_and_marked(tmp_path):
    """Among those of families, in html and json; a file that changed later changes no issued paper and stops the next."""
    image = 'image = { file = "net.png", alt = "A {small} net" }\n'
    path = course(tmp_path, sets=CHOICE.replace('kind = "choice"\n', f'{image}kind = "choice"\n'))
    (tmp_path / "questions" / "net.png").write_bytes(png())
    blueprint = read_blueprint(path)
    class_ = [Student(str(n), "An") for n in range(3)]
    exam.build(blueprint, class_, KEY, tmp_path / "out")
    sheets = read_sheets(tmp_path / "out")
    assert read_exam(tmp_path / "out").blueprint == blueprint
    for name, sheet in sheets.items():
        item = sheet.items[1]
        assert (item.question.family, item.points, item.question.digest()) == (
            "own/sets",
            2,
            blueprint.questions[0].question.digest(),
        )
        keys = {key_of(item.id, 0): item.question.parts[0].answer.value}
        assert mark_item(item, keys).points == 2
        page = (tmp_path / "out" / "papers" / f"{name}.html").read_text(encoding="utf-8")
        assert 'aria-label="A {small} net"' in page
        assert f'href="data:image/png;base64,{base64.b64encode(png()).decode()}"' in page
        assert "img-src data:;" in page
        assert "The empty set" not in page
        assert "Sets have no order" not in page
    assert len({sheet.items[1].id for sheet in sheets.values()}) == 3
    exam.build(blueprint, [*class_, Student("9", "Late")], KEY, tmp_path / "out")
    path = course(tmp_path, sets=CHOICE.replace("nothing", "none"))
    with pytest.raises(
        BlueprintError, match=r"questions was sets \(\w{8}\), is sets \(\w{8}\); issued papers never"
    ):
        exam.build(read_blueprint(path), class_, KEY, tmp_path / "out")


def test_some_questions_of_a_list_are_drawn_for_the_whole_class(tmp_path):
    """Two of three, the same for all students; with another key, others."""
    simple = 'stem = "?"\nkind = "integer"\nkey = 1'
    course(tmp_path, a=simple, b=simple, c=simple)
    text = b'title = "Q"\npaper = "q"\nversions = 2\n[[slots]]\nquestion = ["a", "b", "c"]\ncount = 2\n'
    blueprint = parse_blueprint(text, folder=tmp_path / "questions")
    asked = set()
    for number in range(8):
        out = tmp_path / f"out{number}"
        exam.build(
            blueprint,
            [Student(str(n), "An") for n in range(4)],
            CourseKey(bytes([number] * 32)),
            out,
            ["json"],
        )
        [names] = {tuple(item.question.family for item in sheet.items) for sheet in read_sheets(out).values()}
        assert len(set(names)) == 2
        asked.add(frozenset(names))
    assert len(asked) > 1
    [sample, other] = exam.preview(blueprint, KEY)
    assert [len(each.questions) for each in (sample, other)] == [1, 1]


def test_options_of_own_questions_are_shuffled_unless_they_keep_their_order(tmp_path):
    """With the same texts right and wrong."""
    path = course(tmp_path, free=CHOICE, kept=f"keep_order = true\n{CHOICE}")
    blueprint = replace(read_blueprint(path), shuffle=("options",))
    exam.build(blueprint, [Student(str(n), "An") for n in range(8)], KEY, tmp_path / "out", ["json"])
    answers = [
        [item.question.parts[0].answer for item in sheet.items[1:]]
        for sheet in read_sheets(tmp_path / "out").values()
    ]
    assert len({free.options for free, _ in answers}) > 1
    assert {kept.options for _, kept in answers} == {("{{1, 2}}", "nothing", "all of it")}
    assert all(free.options["ABC".index(free.value)] == "{{1, 2}}" for free, _ in answers)


def test_a_paper_in_another_language_needs_the_texts_in_it(tmp_path):
    """Where one is missing nothing is written; the message names the text and where to add it."""
    vietnamese = '[texts.vi]\n"nothing" = "không có gì"\n"all of it" = "tất cả"\n"Sets have no order." = "Tập hợp không có thứ tự."\n'
    path = course(tmp_path, sets=CHOICE + vietnamese)
    roster = [Student("1", "An", language="vi")]
    with pytest.raises(
        MissingTranslationError,
        match=r"questions/sets\.toml is in 'en' and has no 'Which set .* in 'vi'; add it under \[texts",
    ):
        exam.build(read_blueprint(path), roster, KEY, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    stem = '"Which set is {1, 2}, for $n = 5$ and `x[{i}]`?" = "Tập hợp nào là {1, 2}, với $n = 5$ và `x[{i}]`?"\n'
    exam.build(
        read_blueprint(course(tmp_path, sets=CHOICE + vietnamese + stem)),
        roster,
        KEY,
        tmp_path / "out",
        ["json"],
    )
    question = read_sheets(tmp_path / "out")["1"].items[1].question
    assert question.stem.plain() == "Tập hợp nào là {1, 2}, với n = 5 và x[{i}]?"
    assert question.parts[0].answer.options[1] == "không có gì"


SLOTS = {
    "unknown": (
        'question = "padings"',
        r"line 4: slots\[0\]\.question: unknown question 'padings': .*did you mean padding\?",
    ),
    "none near": (
        'question = "zzz"',
        r"unknown question 'zzz': expected the name of a file in .*; there is broken, padding",
    ),
    "a path": ('question = "../padding"', r"unknown question '\.\./padding': expected the name of a file"),
    "a number": ("question = 1", r"question: got 1, expected the name of a file in questions/, or a list"),
    "family, too": (
        'question = "padding"\nfamily = "why"',
        r"line 5: .*family: got family beside question, expected one of them",
    ),
    "radicals": ('question = "padding"\nradicals.s = 1', r"radicals: got radicals beside question"),
    "count": (
        'question = "padding"\ncount = 2',
        r"line 5: .*count: got 2, expected at most 1, the number of questions",
    ),
    "broken": ('question = "broken"', r"broken\.toml: line 2: kind: got 'x', expected one of integer"),
}


@pytest.mark.parametrize(("slot", "message"), SLOTS.values(), ids=SLOTS)
def test_a_slot_that_names_no_question_says_so(tmp_path, slot, message):
    """With the line of the blueprint, or the file and line of the question, and the nearest name."""
    course(tmp_path, padding=CHOICE, broken='stem = "?"\nkind = "x"')
    text = f'title = "Q"\npaper = "q"\n[[slots]]\n{slot}\n'
    with pytest.raises(BlueprintError, match=message):
        parse_blueprint(text.encode(), folder=tmp_path / "questions")


def jpeg():
    """Return a JPEG that matplotlib's library wrote."""
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (7, 5), (200, 10, 10)).save(stream, "JPEG")
    return stream.getvalue()


def test_images_are_told_by_their_bytes():
    """Kind and size come from the bytes; an SVG is written again without what nobody sees."""
    assert (read_image(png(30, 20)).media, read_image(png(30, 20)).width, read_image(png(30, 20)).height) == (
        "image/png",
        30,
        20,
    )
    assert (read_image(jpeg()).media, read_image(jpeg()).width, read_image(jpeg()).height) == (
        "image/jpeg",
        7,
        5,
    )
    inkscape = svg_of(
        '<!-- by me --><metadata><rdf xmlns="http://x"/></metadata><x:view xmlns:x="http://x"><script/></x:view>'
        '<path d="M0 0" style="fill:url(#a)" xmlns:y="http://y" y:label="me"/><use href="#a"/>',
        'viewBox="0 0 40 20.4"',
    )
    image = read_image(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">'
        + inkscape
    )
    assert (image.media, image.width, image.height) == ("image/svg+xml", 40, 20)
    assert b"path" in image.data
    for gone in (b"by me", b"metadata", b"script", b'label="me"', b"DOCTYPE"):
        assert gone not in image.data
    assert read_image(image.data) == image


def tags(data):
    """Count the elements of an SVG."""
    return Counter(each.tag for each in ET.fromstring(data).iter())  # noqa: S314 -- our own plot


def test_a_plot_of_matplotlib_is_taken():
    """The most common source of an SVG in a course: every shape of it is still a shape, in its namespace."""
    from matplotlib.figure import Figure as Plot

    plot, stream = Plot((3, 2)), io.BytesIO()
    plot.subplots().plot([1, 2, 4])
    plot.savefig(stream, format="svg")
    image = read_image(stream.getvalue())
    assert (image.width, image.height) == (288, 192)
    before, after = map(tags, (stream.getvalue(), image.data))
    shapes = {tag: count for tag, count in before.items() if tag.startswith("{http://www.w3.org/2000/svg}")}
    shapes.pop("{http://www.w3.org/2000/svg}metadata")
    assert after == shapes
    assert b'xmlns=""' not in image.data
    assert read_image(image.data) == image


NO_IMAGES = {
    "text": (b"GIF89a....", r"an image that begins with 47 49 46 38 39 61 2e 2e: expected PNG, JPEG or SVG"),
    "empty": (b"", r"begins with nothing: expected PNG"),
    "large": (b"\x89PNG" + b"\0" * MAX_BYTES, r"an image of 300004 bytes: expected at most 300000"),
    "cut": (png()[:30], r"a PNG that is cut off: save it again"),
    "wide": (
        png(1, 1).replace(struct.pack(">II", 1, 1), struct.pack(">II", 20_000, 1)),
        r"20000 x 1 pixels: expected 1 to 10000",
    ),
    "jpeg": (b"\xff\xd8\xff\xe0\x00\x10", r"a JPEG without a frame"),
    "script": (svg_of("<script>alert(1)</script>"), r"an SVG with <script>: expected shapes and texts"),
    "foreign": (svg_of("<foreignObject/>"), r"an SVG with <foreignObject>"),
    "link": (svg_of('<a href="#x"/>'), r"an SVG with <a>"),
    "animate": (svg_of('<animate attributeName="href"/>'), r"an SVG with <animate>"),
    "handler": (svg_of('<path onload="x()"/>'), r"an SVG with onload= on <path>: expected none that runs"),
    "root handler": (svg_of("", 'onload="x()" width="1" height="1"'), r"an SVG with onload="),
    "from elsewhere": (
        svg_of('<use href="http://x/a.svg#b"/>'),
        r"an SVG with href='http://x/a\.svg#b': expected #names",
    ),
    "xlink": (
        svg_of('<use xmlns:l="http://www.w3.org/1999/xlink" l:href="data:x"/>'),
        r"an SVG with href='data:x': expected #names inside it only",
    ),
    "style": (svg_of("<style>@import 'http://x'</style>"), r"an SVG whose style loads something"),
    "style url": (svg_of('<path style="fill: URL( http://x )"/>'), r"an SVG with style='fill: URL"),
    "style escape": (svg_of('<path style="fill: u\\72l(http://x)"/>'), r"an SVG with style="),
    "entity": (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg_of("&a;"), r"an SVG that declares entities"),
    "not XML": (svg_of("<path>"), r"an SVG that is not XML"),
    "latin": (b'<?xml version="1.0" encoding="iso-8859-1"?>' + svg_of(), r"an SVG that says it is not UTF-8"),
    "utf-16": (svg_of().decode().encode("utf-16"), r"begins with ff fe 3c"),
    "bad bytes": (svg_of() + b"\xff", r"an SVG that is not UTF-8"),
    "no namespace": (
        b"<svg width='1' height='1'/>",
        r"an SVG that begins with 'svg': expected svg in the namespace",
    ),
    "no size": (svg_of("", ""), r"an SVG without a size"),
}


@pytest.mark.parametrize(("data", "message"), NO_IMAGES.values(), ids=NO_IMAGES)
def test_what_is_no_picture_is_refused(data, message):
    """What is damaged, large, or does more than show something."""
    with pytest.raises(FormatError, match=message):
        read_image(data)


@given(
    st.one_of(
        st.binary(max_size=60),
        st.binary(max_size=40).map(lambda b: b"\xff\xd8\xff" + b),
        st.binary(max_size=40).map(lambda b: png()[:24] + b),
        st.text(max_size=60).map(svg_of),
        st.lists(
            st.sampled_from(["<g>", "</g>", "<style>", "&#x3c;", "<script/>", " on=''", "<", ">", "url("])
        ).map(lambda pieces: svg_of("".join(pieces))),
    )
)
def test_any_bytes_are_a_picture_or_a_format_error(data):
    """No bytes make the reader fail in another way; what is taken runs nothing."""
    try:
        image = read_image(data)
    except FormatError:
        return
    assert image.width > 0 < image.height
    assert b"<script" not in image.data or image.media != "image/svg+xml"


def test_an_image_outside_the_folder_is_refused(tmp_path):
    """A question that is handed on reads no file of whoever takes it."""
    (tmp_path / "secret.png").write_bytes(png())
    text = 'image = { file = "%s", alt = "x" }\nstem = "?"\nkind = "integer"\nkey = 1'
    for file in ("../secret.png", str(tmp_path / "secret.png")):
        course(tmp_path, q=text % file)
        with pytest.raises(
            BlueprintError, match=r"image\.file: got .*secret\.png', expected a file in the folder"
        ):
            read_blueprint(tmp_path / "exam.toml")
    (tmp_path / "questions" / "link.png").symlink_to(tmp_path / "secret.png")
    course(tmp_path, q=text % "link.png")
    with pytest.raises(
        BlueprintError, match=r"line 1: image\.file: got 'link\.png', expected a file in the folder"
    ):
        read_blueprint(tmp_path / "exam.toml")
    course(tmp_path, q=text % "no.png")
    with pytest.raises(BlueprintError, match=r"image\.file: .*no\.png: cannot be read \(No such file"):
        read_blueprint(tmp_path / "exam.toml")
    (tmp_path / "questions" / "not.png").write_bytes(b"x")
    course(tmp_path, q=text % "not.png")
    with pytest.raises(BlueprintError, match=r"image\.file: not\.png: an image that begins with 78"):
        read_blueprint(tmp_path / "exam.toml")


def test_a_picture_is_a_figure():
    """Every format that shows figures shows it; it freezes and reads back, and nothing else may hold bytes."""
    figure = Figure("image", Message("A net"), {"size": (20, 1360)}, media="image/png", data=png())
    assert Figure.from_json(json.loads(canonical(figure.to_json()))) == figure
    assert 'width="680" height="14"' in svg(figure)
    for wrong in ({"data": b""}, {"media": "image/gif"}):
        with pytest.raises(
            FormatError, match=r"figure 'image': media=.*expected one of image/png, image/jpeg"
        ):
            replace(figure, **wrong)
    with pytest.raises(FormatError, match=r"figure data: expected base 64"):
        Figure.from_json({**figure.to_json(), "data": "?"})
