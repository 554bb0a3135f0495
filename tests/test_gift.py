"""GIFT: read back by the rules of Moodle's importer, written here a second time (question/format/gift/format.php)."""

import html
import json
import re
import subprocess
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import bank, course_html
from question_bank.answers import Choice, Choices, Criterion, Integer, Written
from question_bank.errors import ExportError
from question_bank.exporters import KEY_EXPORTERS
from question_bank.issued import KeyItem
from question_bank.message import Message
from question_bank.misconceptions import CATALOGUE
from question_bank.model import Part, Question
from question_bank.paper import Heading
from question_bank.pool import Group, Pool
from question_bank.values import Raised, Undetermined, show

FAMILIES = bank.names()
SIGNS = {"058": ":", "035": "#", "061": "=", "123": "{", "125": "}", "126": "~", "010": "\n"}
WEIGHT = re.compile(r"%(-*[0-9]{1,2}\.?[0-9]*)%")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Imported:
    """A question as Moodle keeps it: its type, text, answers as (text, weight, feedback, tolerance)."""

    type: str
    name: str
    text: str
    general: str
    answers: list = field(default_factory=list)
    single: bool = True


def hidden(text):
    """Put placeholders for what is escaped."""
    text = text.replace("\\\\", "&&092;")
    for number, sign in SIGNS.items():
        text = text.replace("\\n" if sign == "\n" else f"\\{sign}", f"&&{number};")
    return text.replace("&&092;", "\\")


def said(text):
    """Take the format off a text, and put back what was escaped."""
    assert not text.startswith("[") or text.startswith("[html]") or "]" in text
    text = text.removeprefix("[html]")
    for number, sign in SIGNS.items():
        text = text.replace(f"&&{number};", sign)
    return text.strip()


def answer(text, weight):
    """Read one answer: weight, text, feedback."""
    text = text.strip()
    if match := WEIGHT.match(text):
        weight, text = Fraction(match[1]) / 100, text[match.end() :]
    text, _, feedback = text.partition("#")
    return [said(text.strip()), weight, said(feedback.strip())]


def question(text):
    """Read one question."""
    text = hidden(text.strip())
    assert text.startswith("::")
    name, _, text = text[2:].partition("::")
    if not {"{", "}"} & set(text):
        return Imported("description", said(name), said(text.strip()), "")
    start, end = text.index("{"), text.index("}")
    inside, told = text[start + 1 : end].strip(), text[:start] + text[end + 1 :]
    inside, _, general = inside.rpartition("####")
    inside = inside.strip()
    found = Imported("essay", said(name), said(told.strip()), said(general))
    if inside.startswith("#"):
        found.type = "numerical"
        for each in [each for each in inside[1:].split("=") if each.strip()]:
            entry = answer(each, Fraction(1))
            value, _, tolerance = entry[0].partition(":")
            found.answers.append((float(value), *entry[1:], float(tolerance)))
    elif "~" in inside:
        found.type, found.single = "multichoice", "=" in inside
        for each in [each for each in inside.replace("=", "~=").split("~") if each.strip()]:
            right = each.startswith("=")
            found.answers.append(tuple(answer(each.removeprefix("="), Fraction(int(right)))))
        assert len(found.answers) >= 2
    elif inside:
        assert "->" not in inside
        found.type = "shortanswer"
        found.answers = [tuple(answer(each, Fraction(1))) for each in inside.split("=") if each.strip()]
    return found


def read(data):
    """Read a file: blocks between empty lines; a line of two slashes would be a comment."""
    text = data.decode()
    assert not any(line.strip().startswith("//") for line in text.splitlines())
    blocks = [block for block in text.split("\n\n") if block.strip()]
    return [question(block) for block in blocks if not block.startswith("$CATEGORY:")]


def worth(found, entry):
    """Mark as Moodle does: the first answer that fits, or the sum of options; with the feedback."""
    if found.type == "multichoice":
        chosen = [found.answers[LETTERS.index(letter)] for letter in entry]
        total = sum(weight for _, weight, _ in chosen)
        return min(max(total, Fraction(0)), Fraction(1)), "".join(feedback for _, _, feedback in chosen)
    for each in found.answers:
        near = (
            found.type == "numerical"
            and abs(each[0] - float(entry)) <= each[3] * 1.000001 + abs(each[0]) * 1e-13
        )
        if near or (found.type == "shortanswer" and each[0].lower() == entry.strip().lower()):
            return each[1], each[2]
    return Fraction(0), ""


def pool_of(*questions, points=1):
    """Return a pool of these questions in one group."""
    items = tuple(KeyItem(f"k7q2-{n:04d}", 0, points, each) for n, each in enumerate(questions))
    return Pool("Quiz", "quiz-1", (Group("Slot 1", "", points, items, len(items)),))


def export(*questions):
    """Write questions as GIFT."""
    return KEY_EXPORTERS.get("gift").export(pool_of(*questions))


def typed(found, value):
    """Type an answer."""
    if isinstance(value, Raised | Undetermined):
        return "error" if isinstance(value, Raised) else "cannot be determined"
    return (
        f"{float(value):.12f}"
        if found.type == "numerical"
        else value
        if isinstance(value, str)
        else show(value)
    )


def asking(*parts, stem="How many?"):
    """Return a question that asks these parts."""
    return Question("window-count", 1, {}, Message(stem), parts)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_marked_as_here_or_refused_by_name(name, one_thread):
    """Key, wrong answers with their reasons, code and solution come back; several gaps are refused with the next step."""
    made = bank.generate(name, 3)
    data, refused = None, ""
    try:
        data = export(made)
    except ExportError as error:
        refused = str(error)
    if data is None:
        assert f"item [K7Q2-0000] ({name}): several gaps" in refused
        assert "use the format moodle" in refused
        return
    [found] = read(data)
    assert export(made) == data
    assert "[K7Q2-0000]</p>" in found.text
    assert found.name == f"[K7Q2-0000] {name}"
    for step in made.solution:
        assert html.escape(step.latex()) in found.general
    if made.code:
        assert html.escape(made.code) in found.text
    if made.figure:
        assert 'src="data:image/svg+xml;base64,' in found.text
    if found.type == "essay":
        return
    full, _ = worth(found, typed(found, made.parts[0].answer.value))
    assert full > Fraction(999_999, 1_000_000)
    for wrong in made.wrong:
        why = course_html.Look(lambda latex: f"\\({html.escape(latex)}\\)", lambda _: "").template(
            CATALOGUE[wrong.misconception].explanation
        )
        fits = found.type != "numerical" or isinstance(wrong.value, int | Fraction)
        earned, heard = worth(found, typed(found, wrong.value)) if fits else (0, "")
        assert earned < 1
        assert why in heard + found.general


NASTY = st.text(st.sampled_from("}#~{=\\%&<>*:\n []\"'ab1n/->\u1ec7"), min_size=1, max_size=24).filter(
    str.strip
)


def literal(text):
    """Write a text in the language of messages."""
    return text.replace("{", "").replace("}", "")


@given(
    NASTY, st.lists(NASTY, min_size=2, max_size=5, unique_by=lambda text: literal(text).strip()), st.data()
)
@settings(max_examples=150, deadline=None)
def test_whatever_a_text_says_comes_back(stem, options, data):
    """Braces, hashes, backslashes before an n: every text is a text."""
    options = tuple(literal(option) for option in options)
    if len({option.strip() for option in options}) < len(options) or not all(map(str.strip, options)):
        return
    right = data.draw(st.sampled_from("ABCDE"[: len(options)]))
    made = Question(
        "window-count",
        1,
        {},
        Message("{text}", {"text": stem}),
        (Part(Choice(options, right), Message("?")),),
    )
    [found] = read(export(made))
    minus = str.maketrans("\u2212", "-")
    assert (
        html.unescape(found.text).translate(minus).startswith(f"<p>{stem} [K7Q2-0000]</p>".translate(minus))
    )
    shown = [html.unescape(text).translate(minus) for text, *_ in found.answers]
    assert shown == [option.strip() for option in options]
    assert worth(found, right)[0] == 1


@pytest.mark.parametrize("right", ["A", "AB", "ABC", "ABCDEFG"])
def test_several_right_options_share_the_points(right):
    """Weights of two digits, as the format reads; one right option of several becomes a choice, and that is told."""
    options = tuple(f"option {n}" for n in range(9))
    made = asking(Part(Choices(options, right), Message("?")))
    [found] = read(export(made))
    assert worth(found, right)[0] > Fraction(999_999, 1_000_000)
    assert found.single == (len(right) == 1)
    told = "\n".join(KEY_EXPORTERS.get("gift").losses(pool_of(made)))
    assert ("one can be chosen, not several (window-count)" in told) == (len(right) == 1)


def test_a_rubric_stands_in_the_feedback():
    """The only place that the format has for it."""
    made = asking(Part(Written((Criterion(Message("names the stride"), 2),)), Message("Why?")))
    [found] = read(export(made))
    assert found.type == "essay"
    assert "names the stride (2)" in found.general


def test_points_are_told_to_be_lost():
    """GIFT has no field for them."""
    made = asking(Part(Integer(3), Message("?")))
    assert any(
        "worth one point" in loss for loss in KEY_EXPORTERS.get("gift").losses(pool_of(made, points=2))
    )


def test_an_intro_is_a_description_in_the_category_of_its_section(tmp_path, node_modules):
    """It has no braces that the importer would see, and stands before the categories of the section's groups."""
    pool = pool_of(asking(Part(Choice(("yes", "no"), "B"), Message("?"))))
    headings = (Heading("A / B: #1", "Let $n = 5$; a set is {1, 2}.", 0),)
    groups = (replace(pool.groups[0], shuffle=("options",)),)
    data = KEY_EXPORTERS.get("gift").export(replace(pool, groups=groups, sections=headings))
    places = [line.rpartition("top/")[2] for line in data.decode().splitlines() if line.startswith("$")]
    assert places == ["Quiz/A // B: #1", "Quiz/A // B: #1/Slot 1"]
    intro, asked = read(data)
    assert (intro.type, intro.name) == ("description", "Intro: A / B: #1")
    assert intro.text == "<p>Let \\(n = 5\\); a set is {1, 2}.</p>"
    assert "<li>no</li>" in asked.general
    path = tmp_path / "quiz.gift"
    path.write_bytes(data)
    assert by_another(node_modules, path) == [intro, asked]


def by_another(node_modules, path):
    """Parse a file with `gift-pegjs`, and return its questions as this file's own reader would."""
    program = (
        "const main = require(process.argv[1]); const text = require('fs').readFileSync(process.argv[2], 'utf8');"
        "console.log(JSON.stringify(main.parse(text)));"
    )
    result = subprocess.run(
        ["node", "-e", program, node_modules / "gift-pegjs", path],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return [as_read(each) for each in json.loads(result.stdout) if each["type"] != "Category"]


def as_read(parsed):
    """Write a question of that parser in the words of this file; it counts an answer with a weight of 0 as right."""
    kinds = {"MC": "multichoice", "Numerical": "numerical", "Short": "shortanswer", "Essay": "essay"}
    kinds["Description"] = "description"
    heard = (parsed.get("globalFeedback") or {"text": ""})["text"].strip()
    found = Imported(kinds[parsed["type"]], parsed["title"], parsed["stem"]["text"].strip(), heard)
    for choice in parsed.get("choices", ()):
        weight = choice["isCorrect"] if choice["weight"] is None else Fraction(str(choice["weight"])) / 100
        heard = choice["feedback"]["text"].strip() if choice["feedback"] else ""
        told = choice["text"]
        if found.type == "numerical":
            found.answers.append((float(told["number"]), Fraction(weight), heard, float(told["range"])))
        else:
            found.answers.append((told["text"].strip(), Fraction(weight), heard))
    found.single = found.type != "multichoice" or any(choice["isCorrect"] for choice in parsed["choices"])
    return found


def test_another_parser_reads_the_same(tmp_path, node_modules, one_thread):
    """`gift-pegjs` finds every text, answer, weight, tolerance and feedback that our reader finds, in every family; a slip shows."""
    questions = []
    for name in FAMILIES:
        made = bank.generate(name, 3)
        try:
            export(made)
        except ExportError:
            continue
        questions.append(made)
    data = export(*questions)
    path = tmp_path / "quiz.gift"
    path.write_bytes(data)
    found = by_another(node_modules, path)
    assert len(found) == len(questions)
    assert {each.type for each in found} == {"multichoice", "numerical", "shortanswer", "essay"}
    assert found == read(data)
    path.write_bytes(data.replace(b"{#=", b"{#=%50%", 1))
    assert by_another(node_modules, path) != read(data)
    path.write_bytes(data.replace(b"}\n\n", b"\n\n", 1))
    with pytest.raises(AssertionError, match="SyntaxError"):
        by_another(node_modules, path)
