"""Moodle XML: read back by the rules of Moodle's importer, written here a second time, every family is marked as it is here.

The rules: question/format/xml/format.php, question/type/multianswer, numerical, shortanswer and multichoice of Moodle.
"""

import base64
import functools
import html
import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from question_bank import bank, course_html, credit
from question_bank.answers import (
    Choice,
    Choices,
    Criterion,
    Expression,
    Integer,
    Number,
    Raises,
    Undetermined,
    Written,
)
from question_bank.errors import ExportError
from question_bank.exporters import KEY_EXPORTERS
from question_bank.issued import KeyItem
from question_bank.message import Message
from question_bank.misconceptions import CATALOGUE
from question_bank.model import Part, Question
from question_bank.paper import Heading
from question_bank.pool import Group, Pool
from question_bank.translation import localize
from question_bank.values import Grid, Raised, show, show_number
from question_bank.values import Undetermined as UndeterminedValue

FAMILIES = bank.names()
_PERCENT = (
    "100 90 83.33333 80 75 70 66.66667 60 50 40 33.33333 30 25 20 16.66667 14.28571 12.5 11.11111 10 5 0"
)
LISTED = [sign * Fraction(text) / 100 for text in re.findall(r"[0-9.]+", _PERCENT) for sign in (1, -1)]
NUMBER = r"-?(?:(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?)"
ALTERNATIVE = (
    r"(?P<fraction{0}>=|%(?P<percent{0}>-?[0-9]+(?:[.,][0-9]*)?)%)?"
    r"(?P<answer{0}>.+?(?<!\\)(?<!&)(?<!&amp;)(?=[~#}}]|$))"
    r"(?:#(?P<feedback{0}>.*?(?<!\\)(?=[~}}]|$)))?"
)
KINDS = (
    "NUMERICAL|NM|MULTICHOICE|MC|MULTICHOICE_V|MCV|MULTICHOICE_H|MCH|SHORTANSWER|SA|MW|SHORTANSWER_C|SAC|MWC|"
    "MULTICHOICE_S|MCS|MULTICHOICE_VS|MCVS|MULTICHOICE_HS|MCHS|MULTIRESPONSE|MR|MULTIRESPONSE_H|MRH|MULTIRESPONSE_S|MRS"
)
GAP = re.compile(
    r"\{(?P<weight>[0-9]*):(?P<kind>"
    + KINDS
    + r"):(?P<all>"
    + ALTERNATIVE.format("1")
    + r"(?:~"
    + ALTERNATIVE.format("2")
    + r")*)\}",
    re.DOTALL,
)
ONE = re.compile("~?" + ALTERNATIVE.format(""), re.DOTALL)


@dataclass
class Entry:
    """An answer as Moodle keeps it."""

    text: str
    fraction: Fraction
    feedback: str
    tolerance: float = 0.0


@dataclass
class Imported:
    """A question, or a gap of a cloze, as Moodle keeps it."""

    type: str
    text: str
    entries: list[Entry] = field(default_factory=list)
    single: bool = True
    mark: int = 1
    gaps: list["Imported"] = field(default_factory=list)
    name: str = ""
    general: str = ""
    grader: str = ""
    tags: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    category: str = ""
    points: str = ""
    idnumber: str = ""
    shuffled: bool = False


def decoded(text):
    """Do what PHP's html_entity_decode does: references that end in a semicolon, once."""
    return re.sub(r"&(?:#[0-9]+|#x[0-9a-fA-F]+|[A-Za-z]+);", lambda match: html.unescape(match[0]), text)


def unquoted(text):
    """Undo what the importer undoes in an answer or a feedback of a gap."""
    return decoded(text).replace("\\}", "}").replace("\\#", "#")


def cloze_gap(match):
    """Read one gap."""
    kind = "numerical" if match["kind"] in {"NUMERICAL", "NM"} else "shortanswer"
    kind = "multichoice" if match["kind"].startswith("M") and match["kind"] != "MW" else kind
    gap = Imported(
        kind, match[0], mark=int(match["weight"] or 1), single=not match["kind"].startswith("MULTIR")
    )
    gap.shuffled = kind == "multichoice" and match["kind"].endswith("S")
    rest = match["all"]
    while rest and (one := ONE.match(rest)):
        fraction = Fraction(1) if one["fraction"] == "=" else Fraction(one["percent"] or 0) / 100
        text, tolerance = one["answer"], 0.0
        if kind == "numerical":
            number = re.fullmatch(f"({NUMBER})(?::({NUMBER}))?", text)
            assert number, text
            text, tolerance = number[1], float(number[2] or 0)
        else:
            text = unquoted(text)
        gap.entries.append(Entry(text, fraction, unquoted(one["feedback"] or ""), tolerance))
        rest = rest[one.end() :]
    assert rest == ""
    assert gap.mark > 0
    assert any(entry.text.strip() for entry in gap.entries)
    assert any(entry.fraction == 1 for entry in gap.entries) or not gap.single
    assert kind != "multichoice" or len(gap.entries) >= 2
    return gap


def cloze(question):
    """Take the gaps out of a cloze, one after the other, as the importer does."""
    while match := GAP.search(question.text):
        question.gaps.append(cloze_gap(match))
        before, after = question.text.split(match[0], 1)
        question.text = f"{before}{{#{len(question.gaps)}}}{after}"
    assert question.gaps, "a cloze without a gap is refused"
    shown = [int(number) for number in re.findall(r"\{#([0-9]+)\}", question.text)]
    assert shown == list(range(1, len(question.gaps) + 1))
    return question


def text_of(node, path):
    """Return the text of an element, trimmed, or nothing."""
    found = node.find(path)
    return "" if found is None or found.text is None else found.text.strip()


def read(data):
    """Import a file."""
    assert data.startswith(b"<?xml version=")
    questions, category = [], ""
    for node in etree.fromstring(data):
        kind = node.get("type")
        if kind == "category":
            category = text_of(node, "category/text")
            continue
        question = Imported(
            kind,
            text_of(node, "questiontext/text"),
            name=text_of(node, "name/text"),
            general=text_of(node, "generalfeedback/text"),
            grader=text_of(node, "graderinfo/text"),
            tags=[text_of(tag, "text") for tag in node.findall("tags/tag")],
            files={f.get("name"): base64.b64decode(f.text) for f in node.findall("questiontext/file")},
            single=text_of(node, "single") != "false",
            category=category,
            points=text_of(node, "defaultgrade"),
            idnumber=text_of(node, "idnumber"),
            shuffled=text_of(node, "shuffleanswers") == "true",
        )
        assert question.name
        for answer in node.findall("answer"):
            fraction = Fraction(answer.get("fraction")) / 100
            assert min(abs(fraction - listed) for listed in LISTED) < Fraction(1, 100_000), fraction
            entry = Entry(
                text_of(answer, "text"),
                fraction,
                text_of(answer, "feedback/text"),
                float(text_of(answer, "tolerance") or 0),
            )
            question.entries.append(entry)
            assert entry.text or kind == "multichoice"
        questions.append(cloze(question) if kind == "cloze" else question)
    return questions


def given_to(gap, text):
    """Return the entry that Moodle takes a typed text, or the number of an option, for."""
    if gap.type == "numerical":
        for entry in gap.entries:
            right, epsilon = float(entry.text), 1e-14
            margin = entry.tolerance + epsilon * max(entry.tolerance, abs(right), epsilon)
            try:
                if right - margin <= float(text) <= right + margin:
                    return entry
            except ValueError:
                return None
        return None
    for entry in gap.entries:
        pieces = re.split(r"(?<!\\)\*+", entry.text)
        pattern = ".*".join(re.escape(piece.replace("\\*", "*")) for piece in pieces)
        if re.fullmatch(pattern, text.strip(), re.IGNORECASE):
            return entry
    return None


def earned(gap, answer):
    """Return the fraction of a question's, or gap's, mark that Moodle gives."""
    if gap.type == "multichoice":
        chosen = [gap.entries["ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter)].fraction for letter in answer]
        assert gap.single is False or len(chosen) <= 1
        return min(max(sum(chosen), Fraction(0)), Fraction(1))
    entry = given_to(gap, answer)
    return entry.fraction if entry else Fraction(0)


def typed(value, gaps):
    """Write an answer into so many gaps, as a student would; None where it does not fit in."""
    if gaps[0].type in {"multichoice", "shortanswer"}:
        return [value if isinstance(value, str) else written(value)]
    cells = value.cells if isinstance(value, Grid) else value if isinstance(value, tuple) else (value,)
    if isinstance(value, Raised | UndeterminedValue) or len(cells) != len(gaps):
        return None
    return [written(cell) for cell in cells]


def written(value):
    """Type an answer."""
    if isinstance(value, Raised):
        return "error"
    if isinstance(value, UndeterminedValue):
        return "cannot be determined"
    text = show(value)
    return f"{float(value):.9f}" if isinstance(value, Fraction) and "/" in text else text


def by_part(question, imported):
    """Give each part its gaps, in order: as many as its field and key have."""
    gaps = list(imported.gaps or [imported])
    found = []
    for part in question.parts:
        value = part.answer.value
        several = isinstance(value, Grid) or (isinstance(value, tuple) and gaps[0].type == "numerical")
        count = len(value.cells if isinstance(value, Grid) else value) if several else 1
        count = 1 if gaps[0].type != "numerical" else count
        found.append(gaps[:count])
        gaps = gaps[count:]
    assert gaps == []
    return found


def pool_of(*questions, language="en", points=1):
    """Return a pool of these questions in one group."""
    items = tuple(KeyItem(f"k7q2-{n:04d}", 0, points, question) for n, question in enumerate(questions))
    return Pool("Quiz / 1", "quiz-1", (Group("Slot 1: a/b", "shapes", points, items, len(items)),), language)


def export(*questions, **options):
    """Write questions as Moodle XML."""
    return KEY_EXPORTERS.get("moodle").export(pool_of(*questions, **options))


@functools.cache
def questions_of(name):
    """A question of a family."""
    return (bank.generate(name, 3),)


@pytest.fixture(scope="module", params=FAMILIES)
def pairs(request, one_thread):
    """Questions of each family, each with what Moodle makes of it."""
    questions = questions_of(request.param)
    return list(zip(questions, read(export(*questions)), strict=True))


def test_a_key_is_worth_all_points_and_parts_count_equally(pairs):
    """Key and weights come back: the key of a part alone earns its share, all keys earn everything."""
    for question, imported in pairs:
        if imported.type == "essay":
            continue
        parts = by_part(question, imported)
        total = sum(gap.mark for gaps in parts for gap in gaps)
        shares = []
        for part, gaps in zip(question.parts, parts, strict=True):
            entries = typed(part.answer.value, gaps)
            shares.append(
                sum(gap.mark * earned(gap, e) for gap, e in zip(gaps, entries, strict=True)) / total
            )
        assert all(abs(share - Fraction(1, len(shares))) < Fraction(1, 1_000_000) for share in shares)


def test_a_named_wrong_answer_earns_less_and_its_explanation_is_said(pairs):
    """Each misconception: its entry is worth less than all and says why; one that cannot be entered is in the solution."""
    for question, imported in pairs:
        if imported.type == "essay":
            continue
        parts = by_part(question, imported)
        for wrong in question.wrong:
            gaps = parts[wrong.part]
            entries = typed(wrong.value, gaps)
            said = escaped(CATALOGUE[wrong.misconception].explanation)
            if entries is None:
                assert said in imported.general, wrong
                continue
            worth = [earned(gap, entry) for gap, entry in zip(gaps, entries, strict=True)]
            assert min(worth) < 1, wrong
            heard = [feedback(gap, entry) for gap, entry in zip(gaps, entries, strict=True)]
            assert any(said in text for text in heard) or said in imported.general, wrong


def feedback(gap, entry):
    """Return what Moodle says to an entry."""
    if gap.type == "multichoice":
        return "".join(gap.entries["ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter)].feedback for letter in entry)
    found = given_to(gap, entry)
    return found.feedback if found else ""


def escaped(template):
    """Set a text of the catalogue as it stands in a course system."""
    look = course_html.Look(lambda latex: f"\\({html.escape(latex)}\\)", lambda _: "")
    return look.template(template)


def test_a_tolerance_comes_back_with_its_ends(pairs):
    """At both ends of the tolerance a number is right, a little beyond it is not."""
    for question, imported in pairs:
        for part, gaps in zip(question.parts, by_part(question, imported), strict=True):
            if not isinstance(part.answer, Number) or gaps[0].type != "numerical":
                continue
            value, tolerance = part.answer.value, Fraction(part.answer.tolerance)
            for sign in (1, -1):
                assert earned(gaps[0], str(float(value + sign * tolerance * Fraction("0.999999")))) == 1
                assert (
                    earned(
                        gaps[0], str(float(value + sign * (tolerance * Fraction("1.001") + Fraction(1, 100))))
                    )
                    < 1
                )


def test_what_a_person_marks_has_its_rubric_for_the_marker_alone(pairs):
    """Expressions and written answers become essays: key or rubric in the notes for graders, not in the question."""
    for question, imported in pairs:
        answer = question.parts[0].answer
        essay = isinstance(answer, Expression | Written)
        assert (imported.type == "essay") == essay
        if isinstance(answer, Expression):
            assert html.escape(answer.text) in imported.grader
            assert html.escape(answer.text) not in imported.text
        if isinstance(answer, Written):
            for line in answer.rubric:
                assert escaped(line.text.template.format_map(line.text.fields)) in imported.grader


def test_the_stem_ends_in_its_code_and_all_that_it_shows_is_there(pairs):
    """Code, listing, numbers of the tables, the figure as a file with its description, tags, solution."""
    for number, (question, imported) in enumerate(pairs):
        first, _, rest = imported.text.partition("</p>")
        assert first.endswith(f"[K7Q2-{number:04d}]")
        assert imported.idnumber == f"k7q2-{number:04d}"
        if question.code:
            assert html.escape(question.code) in rest
        for table in question.tables:
            for cell in table.value.cells:
                assert show_number(cell).replace("-", "\u2212") in rest
        if question.figure:
            [(name, data)] = imported.files.items()
            assert (
                f'<img src="@@PLUGINFILE@@/{name}" alt="{html.escape(question.figure.alt.plain())}">' in rest
            )
            assert etree.fromstring(data).tag.endswith("svg")
        else:
            assert imported.files == {}
        assert {question.family, f"version {question.version}", "topic: shapes"} <= set(imported.tags)
        assert {f"misconception: {wrong.misconception}" for wrong in question.wrong} <= set(imported.tags)
        for step in question.solution:
            assert f"\\({html.escape(step.latex())}\\)" in imported.general
        assert imported.category == "$course$/top/Quiz // 1/Slot 1: a//b"


def test_the_same_pool_gives_the_same_bytes(pairs):
    """Nothing depends on when or how often it is written."""
    questions = [question for question, _ in pairs]
    assert export(*questions) == export(*questions)


def test_where_it_may_raise_the_page_looks_the_same():
    """Whether the key is a shape or an error, the student sees the same field and the same hints."""
    question = next(q for q in map(functools.partial(bank.generate, "linear-on-last-axis"), range(30)))
    part = question.parts[0]
    other = replace(question, parts=(replace(part, answer=Raises(part.field)),), wrong=())
    shapely, raising = read(export(question))[0], read(export(other))[0]
    assert (shapely.type, shapely.text) == ("shortanswer", raising.text)
    assert "write: error" in raising.text
    assert earned(raising, " Raises an error ") == 1
    assert earned(shapely, "error") == 0


def test_where_it_may_be_undetermined_that_is_typed():
    """`cannot be determined` is an answer like a number."""
    question = bank.generate("input-size-from-output", 1)
    part = question.parts[0]
    other = replace(question, parts=(replace(part, answer=Undetermined(part.field)),), wrong=())
    open_one, known = read(export(other))[0], read(export(question))[0]
    assert open_one.text == known.text
    assert earned(open_one, "Cannot be determined") == 1
    assert earned(known, show(part.answer.value)) == 1


def test_the_unit_may_be_typed():
    """`24 px` is read as 24 where the unit is px."""
    data = export(asking(Part(Integer(24, unit="px"), Message("Width"))))
    assert b"<unit_name>px</unit_name>" in data
    assert b"<showunits>0</showunits>" in data
    assert b"<showunits>3</showunits>" in export(asking(Part(Integer(24), Message("Width"))))


def asking(*parts, stem="How many?"):
    """Return a question that asks these parts."""
    return Question("window-count", 1, {}, Message(stem), parts)


NASTY = st.text(st.sampled_from("}#~{=\\%&<>*\n \"'ab1;:-\u1ec7\u2212/"), min_size=1, max_size=24).filter(
    lambda text: text.strip() and "`" not in text and "$" not in text
)


def literal(text):
    """Write a text in the language of messages."""
    return text.replace("{", "").replace("}", "")


@given(st.lists(NASTY, min_size=2, max_size=5, unique_by=lambda text: literal(text).strip()), st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_an_option_comes_back(options, data):
    """In a question of its own and in a gap of a cloze: every character that an importer looks for is a text."""
    options = tuple(literal(option) for option in options)
    if len({option.strip() for option in options}) < len(options) or not all(map(str.strip, options)):
        return
    right = data.draw(st.sampled_from("ABCDE"[: len(options)]))
    alone = Part(Choice(options, right), Message("?"))
    several = Part(Choices(options, right), Message("?"))
    shown = [option.strip().replace("\u2212", "-") for option in options]
    for question in (asking(alone), asking(several), asking(alone, several)):
        [imported] = read(export(question))
        for gap in imported.gaps or [imported]:
            assert [
                html.unescape(entry.text).strip().replace("\u2212", "-") for entry in gap.entries
            ] == shown
            assert not any(re.search("[<>]|&(?!#?[a-z0-9]+;)", entry.text) for entry in gap.entries)
            assert earned(gap, right) == 1


@given(NASTY, NASTY)
@settings(max_examples=80, deadline=None)
def test_whatever_a_stem_says_is_no_gap(stem, more):
    """A stem that looks like a gap, or like the place of one, stays a text."""
    fake = f"{stem} {{1:NUMERICAL:=5}} {{#1}} {more}"
    question = asking(Part(Integer(3), Message("a")), Part(Integer(4), Message("b")), stem="{text}")
    question = replace(question, stem=Message("{text}", {"text": fake}))
    [imported] = read(export(question))
    assert [gap.entries[0].text for gap in imported.gaps] == ["3", "4"]
    shown = html.unescape(imported.text.partition("<p>")[2].partition(" [K7Q2-0000]</p>")[0])
    assert shown.replace("\u2212", "-") == fake.replace("\u2212", "-")


@pytest.mark.parametrize("right", [*range(1, 11), 20])
def test_weights_are_those_of_the_list(right):
    """1/n for each n that Moodle knows; all right options together are worth everything, with a wrong one less."""
    options = tuple(f"option {n}" for n in range(22))
    letters = "ABCDEFGHIJKLMNOPQRSTUV"
    [imported] = read(export(asking(Part(Choices(options, letters[:right]), Message("?")))))
    assert earned(imported, letters[:right]) > Fraction(999_999, 1_000_000)
    assert earned(imported, letters[: right + 1]) == pytest.approx((right - 1) / right, abs=1e-5)
    assert earned(imported, letters) == max(0, 2 * right - 22) / right or right > 11


def test_what_moodle_cannot_weigh_or_hold_is_refused_by_name():
    """The message names the item, what was expected and what to do."""
    options = tuple(f"option {n}" for n in range(12))
    many = asking(Part(Choices(options, "ABCDEFGHIJK"), Message("?")))
    with pytest.raises(
        ExportError, match=r"item \[K7Q2-0000\]: 11 right options: expected at most 10, or 20.*leave some"
    ):
        export(many)
    mixed = asking(
        Part(Integer(1), Message("a")), Part(Written((Criterion(Message("why"), 1),)), Message("b"))
    )
    with pytest.raises(
        ExportError,
        match=r"item \[K7Q2-0000\] \(window-count\): a part that a person marks.*a slot of its own",
    ):
        export(mixed)
    with pytest.raises(
        ExportError, match=r"family window-count, part 0: the number 1000000000000000, of more than 14 digits"
    ):
        export(asking(Part(Integer(10**15), Message("?"))))


def test_a_number_without_an_end_is_right_to_within_what_tells_it_from_wrong_ones():
    """1/3 is right as 0.3333, and no named wrong number is."""
    question = bank.generate("avg-pool-by-hand", 1)
    for seed in range(40):
        question = bank.generate("avg-pool-by-hand", seed)
        if any("/" in show_number(cell) for cell in question.parts[0].answer.value.cells):
            break
    [imported] = read(export(question))
    gaps = [gap for gap in imported.gaps if gap.entries[0].tolerance]
    assert gaps
    for gap in gaps:
        right, *wrong = gap.entries
        assert earned(gap, f"{float(right.text):.4f}") == 1
        assert all(earned(gap, entry.text) == 0 for entry in wrong)


def test_points_come_back():
    """What an item is worth is its default mark."""
    [imported] = read(export(asking(Part(Integer(3), Message("?"))), points=Fraction(5, 2)))
    assert imported.points == "2.5"


@pytest.mark.parametrize(
    "name", ["linear-on-last-axis", "avg-pool-by-hand", "which-are-true", "input-size-from-output"]
)
def test_in_vietnamese_no_english_word_of_ours_is_left(name):
    """The words beside a question are in its language, and so is the feedback."""
    question = localize(bank.generate(name, 2), "vi")
    [imported] = read(export(question, language="vi"))
    for word in course_html.WORDS:
        assert word not in imported.text + imported.general
    for wrong in question.wrong:
        assert CATALOGUE[wrong.misconception].explanation not in str(imported)


def test_what_xml_cannot_hold_is_replaced():
    """A character that no XML file may have does not stop the import of all others."""
    [imported] = read(export(asking(Part(Integer(3), Message("?")), stem="a\x07b\ud800c ]]> d")))
    assert imported.text.startswith("<p>a\ufffdb\ufffdc ]]&gt; d [K7Q2-0000]</p>")


def test_the_losses_are_told_with_the_families_that_they_concern():
    """What Moodle marks in another way is said by rule, with names."""
    questions = [
        bank.generate(name, 1) for name in ("conv-by-hand", "network-summary", "conv-cell-expression")
    ]
    said = "\n".join(KEY_EXPORTERS.get("moodle").losses(pool_of(*questions)))
    assert "the size of an array is shown, because each of its cells is a gap (conv-by-hand)" in said
    assert "the lengths of a shape are marked one by one (network-summary)" in said
    assert "an expression is marked by a person (conv-cell-expression)" in said


def test_an_items_rule_of_credit_is_kept_or_told():
    """Per cell, a cell counts as much as another part; a rule for whole parts cannot be kept, and that is told."""
    question = bank.generate("logistic-gradient", 3)
    cells = [
        len(part.answer.value.cells) if isinstance(part.answer.value, Grid) else 1 for part in question.parts
    ]
    assert len(set(cells)) > 1
    for rule, shares in ((credit.PARTS, [1] * len(cells)), (credit.PER_CELL, cells)):
        pool = pool_of(question)
        item = replace(pool.groups[0].items[0], credit=rule)
        pool = replace(pool, groups=(replace(pool.groups[0], items=(item,)),))
        [imported] = read(KEY_EXPORTERS.get("moodle").export(pool))
        sums = [sum(gap.mark for gap in gaps) for gaps in by_part(question, imported)]
        assert [Fraction(each, sum(sums)) for each in sums] == [
            Fraction(each, sum(shares)) for each in shares
        ]
    whole = replace(item, credit=credit.ALL_OR_NOTHING)
    pool = replace(pool, groups=(replace(pool.groups[0], items=(whole,)),))
    said = "\n".join(KEY_EXPORTERS.get("moodle").losses(pool))
    assert "gaps count one by one, although the rule is all-or-nothing (logistic-gradient)" in said


def test_sections_are_categories_and_options_are_shuffled_where_the_blueprint_says_so():
    """An intro is a description in the section's category; where options are shuffled no letter calls them."""
    one, several = (
        Part(Choice(("yes", "no"), "B"), Message("?")),
        Part(Choices(("a", "b"), "AB"), Message("?")),
    )
    questions = (asking(one), asking(one, several), asking(several))
    groups = tuple(
        Group(f"Slot {n}", "", 1, (KeyItem(f"k7q2-{n:04d}", n, 1, question),), 1, {}, ("options",) * (n < 2))
        for n, question in enumerate(questions)
    )
    headings = (
        Heading("A / B", "Let $n = 5$; a set is {1, 2} and {1:NM:=3}.", 1),
        Heading("", "]]> more", 2),
    )
    data = KEY_EXPORTERS.get("moodle").export(Pool("Quiz", "q", groups, sections=headings))
    before, intro, both, more, kept = read(data)
    assert [each.category for each in (before, intro, both, more, kept)] == [
        "$course$/top/Quiz/Slot 0",
        "$course$/top/Quiz/A // B",
        "$course$/top/Quiz/A // B/Slot 1",
        "$course$/top/Quiz",
        "$course$/top/Quiz/Slot 2",
    ]
    assert (intro.type, intro.points, intro.idnumber) == ("description", "0", "")
    assert intro.text == "<p>Let \\(n = 5\\); a set is {1, 2} and {1:NM:=3}.</p>"
    assert more.text == "<p>]]&gt; more</p>"
    assert [before.shuffled, kept.shuffled] == [True, False]
    assert [gap.shuffled for gap in both.gaps] == [True, True]
    assert [each.entries[1].fraction for each in (before, *both.gaps)] == [1, 1, Fraction(1, 2)]
    assert "<li>no</li>" in before.general
    assert "<li>A: a<br>B: b</li>" in kept.general
