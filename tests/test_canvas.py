"""Canvas packages: read back by the rules of Canvas's importer, written here a second time, every family is marked as it is here.

The rules: gems/plugins/qti_exporter/lib/qti and app/models/quizzes/quiz_question of canvas-lms.
"""

import html
import io
import os
import re
import subprocess
import zipfile
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from question_bank import bank, course_html
from question_bank.answers import Choice, Choices, Criterion, Expression, Integer, Number, Written
from question_bank.errors import ExportError
from question_bank.exporters import KEY_EXPORTERS
from question_bank.exporters.canvas import _margin
from question_bank.issued import KeyItem
from question_bank.message import Message
from question_bank.misconceptions import CATALOGUE
from question_bank.model import Part, Question, Wrong
from question_bank.paper import Heading
from question_bank.pool import Group, Pool
from question_bank.translation import localize
from question_bank.values import Grid, Raised, show
from question_bank.values import Undetermined as UndeterminedValue

FAMILIES = bank.names()
ASI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
CP = "{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
KNOWN = {
    "multiple_choice_question",
    "multiple_answers_question",
    "numerical_question",
    "short_answer_question",
    "fill_in_multiple_blanks_question",
    "multiple_dropdowns_question",
    "essay_question",
    "text_only_question",
}


@dataclass
class Answer:
    """An answer as Canvas keeps it."""

    id: int
    text: str
    weight: int
    blank: str = ""
    comments: str = ""


@dataclass
class Imported:
    """A question as Canvas keeps it."""

    type: str
    name: str
    text: str
    points: str
    answers: list[Answer] = field(default_factory=list)
    exact: Decimal = Decimal(0)
    margin: Decimal = Decimal(0)
    neutral: str = ""
    incorrect: str = ""


def each(node, *names):
    """Yield the elements at a path of names."""
    return node.findall("/".join(f"{ASI}{name}" for name in names))


def first(node, *names):
    """Return the text of the first element at a path."""
    return (each(node, *names) or [etree.Element("none")])[0].text or ""


def imported(item):
    """Read one item as Canvas does."""
    meta = {
        first(entry, "fieldlabel"): first(entry, "fieldentry")
        for entry in each(item, "itemmetadata", "qtimetadata", "qtimetadatafield")
    }
    assert meta["question_type"] in KNOWN, "Canvas would guess"
    assert meta["assessment_question_identifierref"]
    question = Imported(
        meta["question_type"],
        item.get("title"),
        first(item, "presentation", "material", "mattext"),
        meta["points_possible"],
    )
    original = [int(text) for text in meta["original_answer_ids"].split(",") if text]
    assert len(set(original)) == len(original)
    assert all(original)  # to_i of what is no number is 0, and 0 gets another id
    feedback = {
        entry.get("ident"): first(entry, "flow_mat", "material", "mattext")
        for entry in each(item, "itemfeedback")
    }
    if question.type == "text_only_question":
        assert not each(item, "resprocessing")
        return question
    question.neutral = feedback.pop("general_fb")
    question.incorrect = feedback.pop("general_incorrect_fb", "")
    conditions = each(item, "resprocessing", "respcondition")
    read = {"numerical_question": number, "short_answer_question": short, "essay_question": essay}
    read.get(question.type, labelled)(question, item, conditions, original)
    for ident, said in feedback.items():
        match = re.fullmatch(r"([0-9]+)_fb", ident)
        [answer] = [answer for answer in question.answers if match and answer.id == int(match[1])]
        answer.comments = said
    linked = {shown.get("linkrefid") for shown in item.iter(f"{ASI}displayfeedback")}
    assert linked == {entry.get("ident") for entry in each(item, "itemfeedback")}
    return question


def number(question, item, conditions, original):
    """Read exact value and margin; bounds that look like 5s of a power of ten would become significant digits."""
    scored = [condition for condition in conditions if each(condition, "setvar")]
    assert len(scored) == 1, "each condition with a number becomes a right answer"
    [choice] = each(scored[0], "conditionvar", "or")
    question.exact = Decimal(first(choice, "varequal"))
    lower, upper = Decimal(first(choice, "and", "vargte")), Decimal(first(choice, "and", "varlte"))
    question.margin = upper - question.exact
    assert question.exact - lower == question.margin
    fives = all(re.sub("[0.]", "", f"{end:f}").endswith("5") for end in (lower, upper))
    assert not (fives and "".join(map(str, (upper - lower).normalize().as_tuple().digits)) == "1")
    [ident] = original
    question.answers = [Answer(ident, str(question.exact), 100)]


def short(question, item, conditions, original):
    """Read the accepted texts."""
    [scored] = [condition for condition in conditions if each(condition, "setvar")]
    found = [each_one.text for each_one in each(scored, "conditionvar", "varequal")]
    question.answers = [Answer(ident, text, 100) for ident, text in zip(original, found, strict=True)]


def essay(question, item, conditions, original):
    """There is nothing to compare with."""
    assert original == []
    assert not any(each(condition, "setvar") for condition in conditions)


def labelled(question, item, conditions, original):
    """Read options, or what is accepted in each blank."""
    for lid in each(item, "presentation", "response_lid"):
        blank = (
            lid.get("ident").removeprefix("response_")
            if "blank" in question.type or "dropdown" in question.type
            else ""
        )
        for label in each(lid, "render_choice", "response_label"):
            text = first(label, "material", "mattext")
            question.answers.append(Answer(int(label.get("ident")), text, 0, blank))
    assert [answer.id for answer in question.answers] == original
    by_id = {answer.id: answer for answer in question.answers}
    for condition in conditions:
        if not each(condition, "setvar"):
            continue
        for path in (("conditionvar", "varequal"), ("conditionvar", "and", "varequal")):
            for right in each(condition, *path):
                by_id[int(right.text)].weight = 100
    if question.type == "fill_in_multiple_blanks_question":
        assert all(answer.weight == 100 for answer in question.answers), "Canvas takes each of them for right"
    for blank in {answer.blank for answer in question.answers} - {""}:
        assert question.text.count(f"[{blank}]") == 1
    assert any(answer.weight == 100 for answer in question.answers)


def read(data):
    """Import a package; return its groups as (title, points, questions)."""
    groups, _ = read_quiz(data)
    return [group for group in groups if isinstance(group, tuple)]


def read_quiz(data):
    """Import a package; return its groups, texts between them, and whether Canvas shuffles options."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        files = {name: package.read(name) for name in package.namelist()}
    manifest = etree.fromstring(files["imsmanifest.xml"])
    resources = {each_one.get("identifier"): each_one for each_one in manifest.iter(f"{CP}resource")}
    hrefs = [each_one.get("href") for each_one in manifest.iter(f"{CP}file")]
    assert sorted([*hrefs, "imsmanifest.xml"]) == sorted(files)
    [quiz] = [each_one for each_one in resources.values() if each_one.get("type") == "imsqti_xmlv1p2"]
    name = quiz.get("identifier")
    [dependency] = quiz.findall(f"{CP}dependency")
    meta = resources[dependency.get("identifierref")].get("href")
    settings = etree.fromstring(files[meta])
    assert settings.get("identifier") == name
    [assessment] = each(etree.fromstring(files[f"{name}/{name}.xml"]), "assessment")
    assert assessment.get("ident") == name
    groups = []
    for section in each(assessment, "section", "*"):
        if section.tag == f"{ASI}item":
            groups.append(imported(section))
            continue
        select = each(section, "selection_ordering", "selection")[0]
        assert first(select, "selection_number") == "1"
        questions = [imported(item) for item in each(section, "item")]
        groups.append(
            (section.get("title"), first(select, "selection_extension", "points_per_item"), questions)
        )
    ids = [item.get("ident") for item in assessment.iter(f"{ASI}item")]
    assert len(set(ids)) == len(ids)
    for path in re.findall(
        rb'src=&quot;%24IMS-CC-FILEBASE%24/([^&]+)&quot;|src="%24IMS-CC-FILEBASE%24/([^"]+)"',
        files[f"{name}/{name}.xml"],
    ):
        assert (path[0] or path[1]).decode() in files
    return groups, settings.findtext("{http://canvas.instructure.com/xsd/cccv1p0}shuffle_answers") == "true"


def score(question, entries):
    """Mark as Canvas does: `entries` are texts of the blanks in order, or letters of options."""
    if question.type == "numerical_question":
        return Fraction(abs(Decimal(entries[0]) - question.exact) <= question.margin)
    if question.type in {"multiple_choice_question", "multiple_answers_question"}:
        right = [answer for answer in question.answers if answer.weight == 100]
        chosen = [question.answers[LETTERS.index(letter)] for letter in entries[0]]
        good = sum(answer.weight == 100 for answer in chosen)
        assert question.type != "multiple_choice_question" or len(right) == 1
        return max(Fraction(good - (len(chosen) - good), len(right)), Fraction(0))
    blanks = list(dict.fromkeys(answer.blank for answer in question.answers))
    good = 0
    for blank, entry in zip(blanks, entries, strict=True):
        accepted = [answer for answer in question.answers if answer.blank == blank]
        if question.type == "multiple_dropdowns_question":
            good += accepted[LETTERS.index(entry)].weight == 100
        else:
            good += any(answer.text.strip().lower() == entry.strip().lower() for answer in accepted)
    return Fraction(good, len(blanks))


def written(value):
    """Type an answer."""
    if isinstance(value, Raised):
        return "error"
    if isinstance(value, UndeterminedValue):
        return "cannot be determined"
    text = show(value)
    return f"{float(value):.7f}" if isinstance(value, Fraction) and "/" in text else text


def entries_of(question, imported_one, values):
    """Write the answers to all parts into the fields; None where one does not fit in."""
    blanks = len({answer.blank for answer in imported_one.answers})
    found = []
    for part, value in zip(question.parts, values, strict=True):
        key = part.answer.value
        cells = cells_of(key)
        if len(question.parts) == 1 and blanks == 1 and not imported_one.answers[0].blank:
            exact = isinstance(value, int | Fraction) and imported_one.type == "numerical_question"
            return [f"{float(value):.12f}" if exact else value if isinstance(value, str) else written(value)]
        text = part.field.may_raise or part.field.may_be_undetermined or typed_row(part)
        if text or isinstance(value, str):
            found.append(value if isinstance(value, str) else written(value))
            continue
        if len(cells_of(value)) != len(cells) or isinstance(value, Raised | UndeterminedValue):
            return None
        found += map(written, cells_of(value))
    return found


def typed_row(part):
    """Whether a part is typed as one text: its length is asked, too."""
    row = part.field.kind == "array" and part.field.size is None and len(part.answer.value.shape) == 1
    return row or (part.field.kind == "shape" and not part.field.axes)


def cells_of(value):
    """Return the numbers of an answer."""
    return value.cells if isinstance(value, Grid) else value if isinstance(value, tuple) else (value,)


def pool_of(*questions, language="en", points=1):
    """Return a pool of these questions in one group."""
    items = tuple(KeyItem(f"k7q2-{n:04d}", 0, points, question) for n, question in enumerate(questions))
    return Pool("Quiz & 1", "quiz-1", (Group("Slot 1: a<b", "shapes", points, items, len(items)),), language)


def export(*questions, **options):
    """Write questions as a package."""
    return KEY_EXPORTERS.get("canvas").export(pool_of(*questions, **options))


def one(*questions, **options):
    """Write and read back questions of one group."""
    [(_, _, found)] = read(export(*questions, **options))
    return found


def asking(*parts, stem="How many?"):
    """Return a question that asks these parts."""
    return Question("window-count", 1, {}, Message(stem), parts)


@pytest.fixture(scope="module", params=FAMILIES)
def pair(request, one_thread):
    """A question of each family, with what Canvas makes of it."""
    question = bank.generate(request.param, 3)
    return question, one(question)[0]


def test_a_key_is_worth_all_points_and_a_named_wrong_answer_less(pair):
    """Key, weights and feedback come back: what leads to less is explained, at the option or among the wrong answers."""
    question, found = pair
    assert (found.type == "essay_question") == isinstance(question.parts[0].answer, Expression | Written)
    if found.type == "essay_question":
        return
    keys = [part.answer.value for part in question.parts]
    assert score(found, entries_of(question, found, keys)) == 1
    for wrong in question.wrong:
        said = escaped(CATALOGUE[wrong.misconception].explanation)
        heard = found.incorrect + found.neutral + "".join(answer.comments for answer in found.answers)
        assert said in heard, wrong
        values = [wrong.value if number == wrong.part else key for number, key in enumerate(keys)]
        entries = entries_of(question, found, values)
        assert entries is None or score(found, entries) < 1, wrong


def escaped(template):
    """Set a text of the catalogue as it stands in the package."""
    look = course_html.Look(KEY_EXPORTERS.get("canvas").export.__globals__["_formula"], lambda _: "")
    return look.template(template)


def test_a_tolerance_comes_back_with_its_ends(pair):
    """At both ends of the tolerance a number is right, a little beyond it is not."""
    question, found = pair
    answer = question.parts[0].answer
    if found.type != "numerical_question" or not isinstance(answer, Number):
        return
    for sign in (1, -1):
        end = Fraction(answer.value) + sign * Fraction(answer.tolerance)
        beyond = end + sign * (Fraction(answer.tolerance, 100) or Fraction(1, 100))
        assert score(found, [f"{float(end - sign * Fraction(answer.tolerance) / 10**9):.12f}"]) == 1
        assert score(found, [f"{float(beyond):.12f}"]) == 0


def test_the_stem_ends_in_its_code_and_the_solution_is_there(pair):
    """Code, title, listing, formulas of the steps as Canvas writes them."""
    question, found = pair
    assert found.text.partition("</p>")[0].endswith("[K7Q2-0000]")
    assert found.name == f"[K7Q2-0000] {question.family}"
    if question.code:
        assert html.escape(question.code) in found.text
    if question.figure:
        assert f'alt="{html.escape(question.figure.alt.plain())}"' in found.text
    for step in question.solution:
        assert f'data-equation-content="{html.escape(step.latex())}"' in found.neutral
    for address in re.findall(r'src="/equation_images/([^"]+)"', found.neutral + found.text):
        assert (
            f'data-equation-content="{html.escape(unquote(unquote(address)))}"' in found.neutral + found.text
        )


def test_the_same_pool_gives_the_same_bytes_without_a_date(pair):
    """Every entry of the package is of 1980 and not compressed."""
    question, _ = pair
    data = export(question)
    assert data == export(question)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.compress_type for entry in package.infolist()} == {zipfile.ZIP_STORED}


def test_groups_pick_one_of_their_items():
    """Each group of the pool is a question group with the points of each item."""
    questions = [bank.generate("conv-output-size", seed) for seed in range(3)]
    pool = pool_of(*questions, points=Fraction(5, 2))
    pool = replace(
        pool,
        groups=(
            *pool.groups,
            replace(
                pool.groups[0], name="Slot 2", items=(KeyItem("abcd-0001", 1, 1, questions[0]),), points=1
            ),
        ),
    )
    groups = read(KEY_EXPORTERS.get("canvas").export(pool))
    assert [(title, points, len(found)) for title, points, found in groups] == [
        ("Slot 1: a<b", "2.5", 3),
        ("Slot 2", "1", 1),
    ]
    ids = [answer.id for _, _, found in groups for question in found for answer in question.answers]
    assert len(set(ids)) == len(ids)


def test_sections_stand_before_their_groups_and_options_are_shuffled():
    """What a section says is a question that asks nothing; in a shuffled quiz no letter stands in a feedback."""
    right = Part(Choices(("one", "two", "three"), "AC"), Message("Which?"))
    wrong = (Wrong("floor-forgotten", 0, "AB"), Wrong("padding-once", 0, "ABC"))
    question = replace(asking(right), wrong=wrong)
    [group] = pool_of(question).groups
    group = replace(group, shuffle=("options",))
    headings = (Heading("A & B", "Let $n = 5$; {1, 2}.", 0), Heading("", "", 1), Heading("C", "", 2))
    pool = Pool("Quiz", "q", tuple(replace(group, name=f"Slot {n}") for n in (1, 2, 3)), sections=headings)
    items = [KeyItem(f"k7q2-100{n}", n, 1, question) for n in range(3)]
    groups = tuple(replace(each, items=(item,)) for each, item in zip(pool.groups, items, strict=True))
    found, shuffled = read_quiz(KEY_EXPORTERS.get("canvas").export(replace(pool, groups=groups)))
    assert shuffled
    first, (title, _, [asked]), (untitled, *_), second, (last, *_) = found
    assert first.type == second.type == "text_only_question"
    assert first.points == "0"
    assert first.text.startswith("<h3>A &amp; B</h3>\n<p>Let <img class=")
    assert first.text.endswith("; {1, 2}.</p>")
    assert second.text == "<h3>C</h3>"
    assert [title, untitled, last] == ["A & B / Slot 1", "Slot 2", "C / Slot 3"]
    assert "<li>one<br>three</li>" in asked.neutral
    assert "<li>one; two: " in asked.neutral
    assert score(asked, ["AC"]) == 1
    kept = replace(pool, groups=(groups[0], replace(groups[1], shuffle=()), groups[2]))
    assert read_quiz(KEY_EXPORTERS.get("canvas").export(kept))[1] is False


@given(
    st.fractions(-9, 9, max_denominator=1000),
    st.sampled_from([Fraction(text) for text in ("0", "1/2", "1/20", "1/200", "1/100", "1/7000")]),
)
@settings(max_examples=80, deadline=None)
def test_no_margin_is_taken_for_significant_digits(value, tolerance):
    """0.5, 0.05 and so on are what Canvas guesses from; the margin is the tolerance to a millionth, and never less."""
    [found] = one(asking(Part(Number(value, tolerance), Message("?"))))
    if tolerance:
        assert 0 <= Fraction(found.margin) / tolerance - 1 <= Fraction(1, 10**5)
    assert abs(Fraction(found.exact) - value) <= Fraction(1, 10**12)
    assert _margin(Fraction(1), Fraction(1, 20)) > Fraction(1, 20)


NASTY = st.text(st.sampled_from("[]{}#~<>&\"'\\= \n1ab;\u1ec7\u2212/"), min_size=1, max_size=20).filter(
    str.strip
)


def literal(text):
    """Write a text in the language of messages."""
    return text.replace("{", "").replace("}", "")


@given(st.lists(NASTY, min_size=2, max_size=4, unique_by=lambda text: literal(text).strip()), st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_stands_in_an_option_comes_back(options, data):
    """As an option, in a dropdown, and beside a blank."""
    options = tuple(literal(option) for option in options)
    if len({option.strip() for option in options}) < len(options) or not all(map(str.strip, options)):
        return
    right = data.draw(st.sampled_from("ABCD"[: len(options)]))
    choice = Part(Choice(options, right), Message("?"))
    several = Part(Choices(options, right), Message("?"))
    for question in (asking(choice), asking(several), asking(choice, choice), asking(choice, several)):
        [found] = one(question)
        shown = [
            html.unescape(answer.text) if "dropdown" not in found.type else answer.text
            for answer in found.answers
        ]
        if found.type != "fill_in_multiple_blanks_question":
            assert shown[: len(options)] == list(options)
        else:
            assert all(html.escape(option) in found.text for option in options)
        assert score(found, [right] * len(question.parts)) == 1


def test_a_choice_beside_a_number_is_answered_by_its_letter():
    """Canvas has no type for both, so options are listed and their letter is typed."""
    question = asking(
        Part(Integer(1200), Message("Number")), Part(Choice(("yes", "no"), "B"), Message("Right?"))
    )
    [found] = one(question)
    assert found.type == "fill_in_multiple_blanks_question"
    assert "<li>B: no</li>" in found.text
    assert score(found, ["1,200", "b"]) == 1
    assert score(found, ["1200", "A"]) == Fraction(1, 2)


def test_what_canvas_has_no_type_for_is_refused_by_name():
    """The message names the item and what to do."""
    mixed = asking(
        Part(Integer(1), Message("a")), Part(Written((Criterion(Message("why"), 1),)), Message("b"))
    )
    with pytest.raises(
        ExportError,
        match=r"item \[K7Q2-0000\] \(window-count\): a part that a person marks.*a slot of its own",
    ):
        export(mixed)


def test_the_losses_name_what_canvas_cannot_say():
    """Feedback for a typed wrong number has no place of its own."""
    said = "\n".join(
        KEY_EXPORTERS.get("canvas").losses(
            pool_of(bank.generate("conv-output-size", 1), bank.generate("network-summary", 1))
        )
    )
    assert (
        "a wrong entry that has a name is told in the feedback for all wrong answers (conv-output-size"
        in said
    )
    assert "each blank counts the same, so a part with more of them counts more (network-summary)" in said


def test_in_vietnamese_no_english_word_of_ours_is_left():
    """Words beside the question, feedback, solution."""
    question = localize(bank.generate("printed-shape", 2), "vi")
    [found] = one(question, language="vi")
    for word in course_html.WORDS:
        assert word not in str(found)
    for wrong in question.wrong:
        assert CATALOGUE[wrong.misconception].explanation not in str(found)


def test_the_assessment_follows_the_schema_of_qti():
    """Every family in one file against the XSD that LEGRADE_QTI12_XSD names; it may not be part of this project."""
    schema = os.environ.get("LEGRADE_QTI12_XSD")
    if not schema:
        pytest.skip("no schema: set LEGRADE_QTI12_XSD to the file ims_qtiasiv1p2.xsd of 1EdTech")
    data = export(*(bank.generate(name, 3) for name in FAMILIES))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        [name] = [
            each_one
            for each_one in package.namelist()
            if each_one.startswith("legrade") and "meta" not in each_one
        ]
        etree.XMLSchema(etree.parse(schema)).assertValid(etree.fromstring(package.read(name)))


def judged(node_modules, root, folder):
    """Let `examark` say whether Canvas takes an assessment; return its exit code and what it prints."""
    folder.mkdir()
    (folder / "quiz.xml").write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
    command = ["node", node_modules / ".bin" / "examark", "emulate-canvas", "--strict", folder]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return result.returncode, result.stdout + result.stderr


def test_another_program_reads_the_items(tmp_path, node_modules, one_thread):
    """`examark` finds every item and nothing to complain about; what is spoilt in the last of each kind it names.

    It reads QTI 1.2 as one file without groups, and one condition of an item; so items are taken out of their group, conditions for
    feedback out of items, and those with several blanks, which score in several conditions, are left out. A fault of its own ends
    its look at the items silently: what it says about the very last one shows that it came so far.
    """
    with zipfile.ZipFile(io.BytesIO(export(*(bank.generate(name, 3) for name in FAMILIES)))) as package:
        [name] = [each_one for each_one in package.namelist() if re.fullmatch(r"(\w+)/\1\.xml", each_one)]
        root = etree.fromstring(package.read(name))
    [outer] = each(root, "assessment", "section")
    [group] = each(outer, "section")
    last = {}
    for item in each(group, "item"):
        [processing] = each(item, "resprocessing")
        for condition in each(processing, "respcondition"):
            if each(condition, "displayfeedback"):
                processing.remove(condition)
        if len(each(processing, "respcondition")) == 1:
            outer.append(item)
            last[imported_type(item)] = item
    outer.remove(group)
    count = len(each(outer, "item"))
    assert count > 40
    code, said = judged(node_modules, root, tmp_path / "whole")
    assert code == 0, said
    assert f"Items scanned: {count}" in said, said
    assert "likely SUCCEED" in said, said
    several, choice = last["multiple_answers_question"], last["multiple_choice_question"]
    each(several, "presentation", "response_lid")[0].set("rcardinality", "Single")
    for label in each(choice, "presentation", "response_lid", "render_choice", "response_label")[1:]:
        label.getparent().remove(label)
    [*_, end] = each(outer, "item")
    end.remove(each(end, "itemmetadata")[0])
    code, said = judged(node_modules, root, tmp_path / "spoilt")
    assert code == 1, said
    assert f"question {several.get('ident')} has rcardinality" in said
    assert f"Less than 2 answer options for item {choice.get('ident')}" in said
    assert f"Item {end.get('ident')} missing <itemmetadata>" in said


def imported_type(item):
    """Return the question type that an item names."""
    fields = each(item, "itemmetadata", "qtimetadata", "qtimetadatafield")
    return next(
        first(entry, "fieldentry") for entry in fields if first(entry, "fieldlabel") == "question_type"
    )
