"""Pages of feedback: what each outcome says, that nothing but the allow-list enters a page, and that no answer can break one."""

import json
import re
import shutil
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograder.cli import app
from question_bank import bank, marking, marksheet, translation
from question_bank.answers import (
    Array,
    Choice,
    Choices,
    Integer,
    Number,
    Raises,
    Shape,
    Undetermined,
    Written,
)
from question_bank.answers_open import Criterion, Expression
from question_bank.corrections import parse_corrections
from question_bank.draw import Draw
from question_bank.errors import FormatError
from question_bank.feedback import OUTCOMES
from question_bank.feedback_class import file_names, of_class, readers_of_large_print
from question_bank.feedback_page import LABELS, to_html
from question_bank.following import Follow
from question_bank.issued import KeyItem, Sheet, write_sheet
from question_bank.marks import Judged
from question_bank.message import Message
from question_bank.model import Part, Question, Step, Wrong
from question_bank.paper import Heading, key_of
from question_bank.responses import Response
from question_bank.roster import Student
from question_bank.spreadsheet import safe_text
from question_bank.values import Grid, show

GRID = Grid((2, 2), (1, -2, 3, 4))
SHAPE = Shape((1, 6), axes=("batch", "classes"))
FOLLOWING = (
    Part(Integer(14, unit="px"), Message("Rows")),
    Part(Integer(29), Message("Twice and one"), follow=Follow("formula", (0,), formula="2*a + 1")),
)
ALL = {
    "size": Question(
        "fam-a", 1, {"n": 3}, Message("How large?"), (Part(Integer(14, unit="px"), Message("Rows")),),
        solution=(Step(Message("Rows"), "n + 11", {"n": 3}, 14),), remarks=(Message("Count them."),),
        wrong=(Wrong("padding-ignored", 0, 12), Wrong("stride-ignored", 0, 12), Wrong("padding-once", 0, 13)),
    ),
    "chain": Question("fam-b", 1, {}, Message("Two steps."), FOLLOWING),
    "grid": Question("fam-c", 1, {}, Message("Fill in."), (Part(Array(GRID, show_size=True), Message("")),)),
    "one": Question("fam-d", 1, {}, Message("Which?"), (Part(Choice(("13", "$n + 1$", "15"), "B"), Message("")),)),
    "many": Question("fam-e", 1, {}, Message("Which?"), (Part(Choices(("`x`", "y", "z"), "AC"), Message("")),)),
    "words": Question(
        "fam-f", 1, {}, Message("Why?"),
        (Part(Written((Criterion(Message("says why"), 3), Criterion(Message("says how"), 1))), Message("")),),
    ),
    "error": Question("fam-g", 1, {}, Message("?"), (Part(Raises(SHAPE.field), Message(""), may_raise=True),)),
    "open": Question(
        "fam-h", 1, {}, Message("?"), (Part(Undetermined(SHAPE.field), Message(""), may_be_undetermined=True),)
    ),
    "about": Question("fam-i", 1, {}, Message("?"), (Part(Number(Fraction(1, 3), Fraction(1, 100)), Message("")),)),
    "letters": Question("fam-j", 1, {}, Message("?"), (Part(Expression("a + b", ("a", "b")), Message("")),)),
}  # fmt: skip
NAMES = tuple(ALL)
RIGHT = {
    "size/a": "14", "chain/a": "14", "chain/b": "29", "grid/a": "1 -2; 3 4", "one/a": "B", "many/a": "A, C",
    "words/a": "because", "error/a": "error", "open/a": "undetermined", "about/a": "0.33", "letters/a": "b + a",
}  # fmt: skip


def sheet(student="7", name="Án", questions=ALL, **more):
    """One student's paper: all questions, 2 points each."""
    items = tuple(KeyItem(one, at, 2, question) for at, (one, question) in enumerate(questions.items()))
    return Sheet("Quiz", "quiz-1", Student(student, name), items, **more)


def record(sheets, answers, corrections=(), judged=None):
    """Mark what was typed, by student, and write the record as the command does."""
    responses = [Response(f"{one}.json", "quiz-1", one, typed) for one, typed in answers.items()]
    marks = marking.mark_all({one.student.id: one for one in sheets}, responses, (), judged, corrections)
    return json.loads(marksheet.to_json(marks))


def page(typed, corrections="", judged=None, of=None, **options):
    """Return the page of one student who typed something."""
    of = of or sheet()
    sheets = {of.student.id: of}
    known = parse_corrections(corrections.encode(), "c.toml", sheets) if corrections else ()
    marks = record([of], {of.student.id: typed}, known, judged)
    [made] = of_class(sheets, marks, known, **options).pages.values()
    return to_html(made).decode()


class Shown(HTMLParser):
    """Reads a page as a browser does: the tags, and the text outside styles, maths and drawings."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text, self.names = [], "", set()
        self._inside = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Note a tag and the names of its attributes."""
        self.tags.append(tag)
        self.text += " "
        self.names |= {name for name, _ in attrs}
        if tag in {"style", "math", "svg"}:
            self._inside.append(tag)

    def handle_endtag(self, tag):
        """Come out of what is not text."""
        self.text += " "
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data):
        """Keep text."""
        if not self._inside:
            self.text += data


def words(page):
    """Return what is read on a page, blanks made one."""
    return " ".join(Shown(page).text.split())


def question(page, name):
    """Return what is read of one question."""
    numbers = re.split(r"Question \d+ (?=[\d.]+ (?:of|points)|Does)", words(page))
    return numbers[NAMES.index(name) + 1]


@pytest.mark.parametrize(
    ("key", "typed", "told"),
    [
        ("size/a", "14", "2 of 2 points How large? Rows Right 14 px Worked solution Rows: Count them."),
        ("size/a", "12", "Wrong 12 px One of these mistakes leads to exactly this answer: Padding left out. The padded pixels"),
        ("size/a", "13", "This mistake leads to exactly this answer: Padding counted on one side only. A padding of p adds"),
        ("size/a", "many", "Not readable many px It could not be read: not read as a number: write for example 24, 0.5 or 3/4. What is right 14 px"),
        ("size/a", " ", "0 of 2 points How large? Rows No answer You gave no answer here. What is right 14 px"),
        ("chain/a", "20", "Wrong 20 px What is right 14 px (b) Twice and one Right 29"),
        ("grid/a", "1 2; 3 4", "1.5 of 2 points Fill in. Your answer Partly right, 75 % Your answer 1 2 ✗ 3 4 What is right 1 −2 3 4"),
        ("grid/a", "1 _; _ 4", "Partly right, 50 % Your answer 1 … ✗ … ✗ 4"),
        ("grid/a", "1 2 3 4", "Wrong 1 2 3 4 It has another shape than the right answer."),
        ("one/a", "A", "Wrong A 13 (your choice) B ✓ right option C 15"),
        ("one/a", "", "No answer A 13 B ✓ right option C 15 You gave no answer here."),
        ("many/a", "A, B", "0 of 2 points Which? Your answer Wrong A x (your choice) ✓ right option B y (your choice) C z ✓ right option"),
        ("many/a", "A", "1 of 2 points Which? Your answer Partly right, 50 % A x (your choice) ✓ right option B y C z ✓ right option"),
        ("words/a", "because", "2 points, still open Why? Your answer Still open because A person has still to mark this answer. What is looked for says why (3) says how (1)"),
        ("error/a", "(1, 6)", "(batch, classes) Wrong (1, 6) What is right This raises an error"),
        ("open/a", "(1, 6)", "Wrong (1, 6) What is right This cannot be determined"),
        ("open/a", "không xác định được", "Right This cannot be determined"),
        ("about/a", "2", "Wrong 2 What is right 1/3 ± 0.01"),
        ("letters/a", "a - b", "Wrong a - b What is right a + b"),
    ],
)  # fmt: skip
def test_a_page_says_what_was_answered_what_it_earned_why_and_what_is_right(key, typed, told):
    """Each kind of answer and outcome in the words of the page."""
    assert told in question(page(RIGHT | {key: typed}), key.partition("/")[0])


def test_follow_through_is_explained():
    """(b) is right for the student's own (a), whole or in part; nothing is said of a mistake where it counts as right."""
    told = question(page(RIGHT | {"chain/a": "20", "chain/b": "41"}), "chain")
    assert "1 of 2 points" in told
    assert (
        "(b) Twice and one Right 41 It is not what is right here, but it follows from your own answer to (a), so"
        in told
    )
    assert "it counts as right. What is right 29" in told
    grids = (
        Part(Array(GRID), Message("First")),
        Part(Array(Grid((2, 2), (1, 0, 3, 4))), Message("ReLU"), follow=Follow("relu", (0,))),
    )
    of = sheet(questions={"size": Question("x", 1, {}, Message("?"), grids)})
    typed = {"size/a": "5 -6; -7 8", "size/b": "5 0; 0 9"}
    assert (
        "Partly right, 75 % Your answer 5 0 0 9 ✗ It is marked by what follows from your own answer to (a)."
        in words(page(typed, of=of))
    )


def test_what_a_person_gave_and_every_correction_is_told_with_its_reason_and_without_its_author():
    """Points of the rubric; void, accepted, given and reworded, each where it was applied."""
    rules = "".join(
        f'[[corrections]]\nitem = "{item}"\naction = "{action}"\nreason = "why {action} <b>"\nauthor = "A. Sousa"\n{more}'
        for item, action, more in (
            ("size", "void", ""),
            ("grid", "full-marks", ""),
            ("one", "accept", 'answer = "C"\n'),
            ("many", "accept", 'answer = "ABC"\n'),
            ("about", "reword", 'stem = "How much is $n$?"\n'),
        )
    )
    judged = {"7": {"words/a": Judged(Fraction(3, 4), safe_text("because"), "Say <how>.")}}
    found = page(RIGHT | {"one/a": "C", "grid/a": "9 9; 9 9", "size/a": "3"}, rules, judged)
    assert (
        "Does not count This question counts for nobody. why void <b> How large? Rows Does not count 3 px Question 2"
        in words(found)
    )
    assert "why full-marks <b> Fill in. Your answer All points 9 9; 9 9" in words(found)
    assert (
        "Another answer was accepted, too. why accept <b> Which? Your answer Accepted A 13 B ✓ right option C 15 (your choice)"
        in words(found)
    )
    assert (
        "The words of this question were wrong. why reword <b> It should have been: How much is ? ?"
        in words(found)
    )
    assert (
        "1.5 of 2 points Why? Your answer 3/4 because A person has marked this answer: 3/4. Say <how>."
        in words(found)
    )
    assert words(found).count("Another answer was accepted") == 1
    assert "17.5 of 18 points" in words(found)
    assert "Sousa" not in found
    assert "75 % because" in words(page(RIGHT, judged=judged, solutions=False))


def test_every_outcome_of_the_marks_has_a_label():
    """None of the marks is without words, and none of the words without a look."""
    assert set(OUTCOMES.values()) == set(LABELS)
    changed = record([sheet()], {"7": RIGHT})
    changed["students"][0]["items"][0]["parts"][0]["outcome"] = "superb"
    with pytest.raises(
        FormatError, match=r"the marks of '7': item size: outcome='superb': expected one of right, "
    ):
        of_class({"7": sheet()}, changed)


# The allow-list


KEPT = {"student", "status", "item", "part", "typed", "outcome", "fraction", "points", "max_points", "id"}
"""The fields of a record that a page is made of, beside the truth of cells and the corrections."""


def planted(data, key=""):
    """Plant a canary into every field of a record that is not on the list, and beside every field."""
    if isinstance(data, dict):
        found = {name: planted(value, name) for name, value in data.items()}
        return found | {"CANARY-FIELD": "CANARY-EXTRA"}
    if isinstance(data, list):
        return [planted(value, key) for value in data]
    return "CANARY-TEXT" if isinstance(data, str) and key not in KEPT | {"paper"} else data


def test_nothing_but_the_allow_list_enters_a_page():
    """Canaries in all else, of the own row, the own paper and everybody else's, change no byte of a page."""
    other = sheet("8", "CANARY-NAME")
    typed = RIGHT | {"size/a": "13", "grid/a": "1 2; 3 4"}
    marks = record([sheet(), other], {"7": typed, "8": dict.fromkeys(RIGHT, "CANARY-TYPED")})
    before = to_html(of_class({"7": sheet(), "8": other}, marks).pages["7"])
    spoilt = {
        name: replace(
            each,
            family="CANARY-FAMILY",
            given={"CANARY-GIVEN": 3},
            version=77777,
            wrong=(*each.wrong, Wrong("CANARY-WRONG", 0, show_other(each))),
        )
        for name, each in ALL.items()
    }
    own = sheet(questions=spoilt)
    own = replace(
        own, student=replace(own.student, email="CANARY@x", section="CANARY", row="CANARY", extra_time=77)
    )
    after = of_class({"7": own, "8": other}, planted(marks))
    assert to_html(after.pages["7"]) == before
    assert b"CANARY" not in before
    assert "Wrong 13 px" in words(before.decode())


def show_other(question):
    """Return an answer of the kind of a question's first key that is neither it nor one that was typed."""
    return {Array: Grid((2, 2), (7, 7, 7, 7)), Choice: "C", Choices: "B"}.get(
        type(question.parts[0].answer), 77777
    )


def test_without_solutions_a_page_is_the_same_whatever_is_right():
    """Keys, rubric, worked solution and remarks are changed under the same marks: no byte of the page knows."""
    typed = RIGHT | {"size/a": "13", "chain/a": "20", "chain/b": "41", "grid/a": "1 2; 3 4", "many/a": "AB"}
    marks = record([sheet()], {"7": typed})
    other = {
        "size": Integer(77777, unit="px"),
        "grid": Array(Grid((2, 2), (71, 72, 73, 74)), show_size=True),
        "one": Choice(("13", "$n + 1$", "15"), "C"),
        "many": Choices(("`x`", "y", "z"), "B"),
        "words": Written((Criterion(Message("CANARY"), 9),)),
        "error": SHAPE,
        "open": SHAPE,
        "about": Number(77777),
        "letters": Expression("a*b + 77777", ("a", "b")),
    }
    changed = {
        name: replace(
            each,
            parts=(replace(each.parts[0], answer=other[name]), *each.parts[1:])
            if name in other
            else each.parts,
            solution=(Step(Message("CANARY"), "n + 1", {"n": 77776}, 77777),),
            remarks=(Message("CANARY"),),
        )
        for name, each in ALL.items()
    }
    pages = [
        to_html(of_class({"7": each}, marks, solutions=False).pages["7"])
        for each in (sheet(), sheet(questions=changed))
    ]
    assert pages[0] == pages[1]
    assert "What is right" not in words(pages[0].decode())
    assert "right option" not in words(pages[0].decode())
    assert "Partly right, 75 %" in words(pages[0].decode())


# Texts of students


TAGS = frozenset(
    {
        "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "h4", "dl", "div", "dt", "dd", "bdi", "p", "nav", "ol", "li",
        "a", "span", "main", "section", "strong", "ul", "table", "caption", "tr", "td", "small", "code", "math", "mi", "mn", "mo", "mrow", "mfrac",
    }
)  # fmt: skip
PIECES = (
    *(
        "<script>alert(1)</script>",
        "</bdi></style>",
        "<img src=x onerror=alert(1)>",
        '" onclick="',
        "{{ 7*7 }}",
    ),
    *("{% raw %}", "$n$", "`x`", "]]>", "<!--", "&lt;", "\u202e", "\x00", "\ud800", "\x1b"),
    *("1 2; 3 4", "A", "_ _ _ _", "14", "error"),
)
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=5).map("".join)


@given(
    st.lists(HOSTILE, min_size=len(RIGHT), max_size=len(RIGHT)),
    HOSTILE,
    st.sampled_from(["en", "vi"]),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_whatever_was_typed_a_page_holds_no_tag_but_ours_and_runs_nothing(texts, name, language, solutions):
    """Every text is shown as it is; a page has no script, no event, no address, and a policy that forbids all of them."""
    of = sheet(name=name.encode(errors="replace").decode() or "x", language=language)
    typed = dict(zip(RIGHT, (text.encode(errors="replace").decode() for text in texts), strict=True))
    found = page(typed, of=of, solutions=solutions)
    shown = Shown(found)
    assert set(shown.tags) <= TAGS
    assert not {name for name in shown.names if name.startswith("on") or name in {"src", "action", "srcset"}}
    assert set(re.findall(r'href="([^"]*)"', found)) <= {f"#q{number}" for number in range(1, 11)}
    assert "default-src &#39;none&#39;; style-src &#39;sha256-" in found
    assert "script-src" not in found
    prose = typed["words/a"]
    if prose.isprintable() and prose.strip():
        assert " ".join(prose.split()) in " ".join(shown.text.split())
    assert found == page(typed, of=of, solutions=solutions)


def test_long_and_unprintable_texts_are_cut_and_made_visible():
    """A page can always be written, read and opened."""
    found = page(RIGHT | {"words/a": "x" * 9_999 + "\x00\x07", "size/a": "9" * 50_000})
    assert "x\ufffd\ufffd" in found
    assert "9" * 20_000 + "…" in found
    assert "9" * 20_001 not in found


def of_families():
    """Return a page of every twelfth family in Vietnamese, each answered with its first named mistake, and what is asked."""
    questions = {}
    for name in bank.names()[::12]:
        family = bank.get(name)
        made = family.build(family.space.at(len(family.space) // 2), Draw("feedback", name))
        questions[name] = translation.localize(made, "vi")
    of = sheet(questions=questions, language="vi", sections=(Heading("Phần", "Đệm $p$.", 0),), coded=True)
    typed = {
        key_of(item.id, wrong.part): show(wrong.value)
        for item in of.items
        for wrong in reversed(item.question.wrong)
    }
    return page(typed, of=of), questions


def test_real_families_are_told_in_vietnamese():
    """Figures, tables, listings and misconceptions of real families, without a word of English."""
    found, questions = of_families()
    assert words(found).count("Lời giải") == sum(bool(q.solution or q.remarks) for q in questions.values())
    assert "Lỗi sau dẫn đến đúng câu trả lời này:" in found
    for english in ("Right", "Wrong", "Question", "This mistake", "Worked", "What is", "points"):
        assert not re.search(rf"\b{english}\b", words(found)), english


# A class


def test_who_was_absent_reads_no_question_and_who_needs_a_person_has_no_page():
    """Whoever did not write the paper may write it yet; open marks are named."""
    sheets = {name: sheet(name, name) for name in ("7", "8", "9", "late")}
    marks = record(list(sheets.values())[:3], {"7": RIGHT})
    marks["students"][2]["status"] = "needs a person"
    found = of_class(sheets, marks)
    assert list(found.pages) == ["7", "8"]
    assert found.left == (
        ("9", "needs a person: settle what the marking noted, and mark again"),
        ("late", "has no marks yet: mark again"),
    )
    assert found.waiting == ("7",)
    absent = to_html(found.pages["8"]).decode()
    assert "0 of 20 points No answers of yours were found" in words(absent)
    assert "How large" not in absent


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m.update(paper="quiz-2"), r"paper='quiz-2': expected marks of quiz-1"),
        (lambda m: m["students"].append(m["students"][0]), r"student '7' is there twice; mark again"),
        (
            lambda m: m["students"][0].update(student="66"),
            r"student '66' has marks and no paper here; mark again",
        ),
        (lambda m: m["students"][0].pop("items"), r"the marks of '7': field 'items' is missing"),
        (
            lambda m: m["students"][0]["items"].pop(),
            r"the marks of '7': .* not of the items of this paper; mark again",
        ),
        (
            lambda m: m["students"][0]["items"][1]["parts"].pop(),
            r"item chain: 1 parts in the marks, 2 on the paper",
        ),
        (
            lambda m: m["students"][0]["items"][0].update(points="x"),
            r"points='x': expected a number written n or n/d",
        ),
        (
            lambda m: m["students"][0]["items"][0].update(corrections=["void: old (B)"]),
            r"item size: the correction 'void: old \(B\)' is in the marks or in the file of corrections only; mark again",
        ),
    ],
)
def test_a_record_that_does_not_fit_the_papers_is_refused_by_student(change, message):
    """What was got, what is expected, the next step; no page is made of half a record."""
    marks = record([sheet()], {"7": RIGHT})
    change(marks)
    with pytest.raises(FormatError, match=message):
        of_class({"7": sheet()}, marks)


def test_corrections_that_were_written_after_the_marking_ask_for_a_new_one():
    """A page never tells of other corrections than the points do."""
    rule = b'[[corrections]]\nslot = 1\naction = "void"\nreason = "r"\nauthor = "A"\n'
    known = parse_corrections(rule, "c.toml", {"7": sheet()})
    with pytest.raises(
        FormatError, match=r"'void: r \(A\)' is in the marks or in the file of corrections only; mark again"
    ):
        of_class({"7": sheet()}, record([sheet()], {"7": RIGHT}), known)


@given(st.lists(st.text(min_size=1, max_size=12), min_size=2, max_size=2, unique_by=str.casefold))
def test_files_of_pages_stay_in_their_folder_and_are_never_two_students(ids):
    """Whatever an id holds: paths, blanks, letters of any script."""
    found = list(file_names(ids).values())
    assert len({name.casefold() for name in found}) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._~-]*\.html", name) for name in found)


def test_two_ids_of_one_file_name_are_refused():
    """A file system that ignores case would keep one page of two."""
    with pytest.raises(FormatError, match=r"students 'ab' and 'AB': both pages would be AB\.html"):
        file_names(["ab", "AB"])


def test_large_print_is_for_whom_the_class_list_says(tmp_path):
    """The list that is given decides where it says so, else the table beside the keys."""
    (tmp_path / "key").mkdir()
    (tmp_path / "key/class.csv").write_text(
        "id,name,large_print\n7,A,yes\n'=8,B,yes\n9,C,\n", encoding="utf-8"
    )
    assert readers_of_large_print(tmp_path) == {"7", "'=8", "=8"}
    assert readers_of_large_print(tmp_path, "id,name\n7,A\n") == {"7", "'=8", "=8"}
    assert readers_of_large_print(tmp_path, "id,name,large_print\n9,C,yes\n") == {"9"}
    assert readers_of_large_print(tmp_path / "none") == frozenset()
    assert 'class="large"' in page(RIGHT, large=frozenset({"7"}))
    assert 'class="large"' not in page(RIGHT)


def test_the_command_writes_private_pages_and_names_whom_it_leaves_out(tmp_path):
    """Marked, corrected, told; errors say what to do; the same bytes each time."""
    for name in ("7", "8", "../9"):
        write_sheet(tmp_path, sheet(name, f"Name {name}"))
    runner = CliRunner()

    def run(*options):
        return runner.invoke(app, ["exam", "feedback", str(tmp_path), *options])

    assert "there is none; mark first, with `legrade exam mark`" in str(run().exception)
    assert "holds no issued papers; give the folder" in str(
        runner.invoke(app, ["exam", "feedback", str(tmp_path / "key")]).exception
    )
    (tmp_path / "in").mkdir()
    for name in ("7", "../9"):
        body = {"paper": "quiz-1", "student": name, "answers": {**RIGHT, "words/a": ""}}
        (tmp_path / f"in/{len(name)}.json").write_text(json.dumps(body), encoding="utf-8")
    (tmp_path / "in/8.json").write_text('{"paper": "quiz-1", "student": "8", "answers": 3}', encoding="utf-8")
    (tmp_path / "corrections.toml").write_text(
        '[[corrections]]\nslot = 1\naction = "void"\nreason = "a slip of ours"\nauthor = "A"\n',
        encoding="utf-8",
    )
    assert runner.invoke(app, ["exam", "mark", str(tmp_path), str(tmp_path / "in")]).exit_code == 1
    done = run()
    assert done.exit_code == 1
    assert "marks/feedback: 2 pages. Each is for one student" in done.output
    assert "1 left out: needs a person: settle what the marking noted, and mark again: 8" in done.output
    folder = tmp_path / "marks/feedback"
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["7.html", "9~557ae63d.html"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    before = (folder / "7.html").read_bytes()
    assert b"a slip of ours" in before
    assert b"Name 8" not in before
    run()
    assert (folder / "7.html").read_bytes() == before
    (folder / "10.html").write_bytes(b"")
    assert "holds 10.html, which is no page of these marks; delete what was written before" in str(
        run().exception
    )
    assert run("--out", str(tmp_path / "again"), "--no-solutions").exit_code == 1
    assert b"Worked solution" not in (tmp_path / "again/7.html").read_bytes()
    assert "did you mean html" in str(run("--format", "htm").exception)


# In a browser


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(CHROMIUM is None, reason="no browser: apt-get install -y chromium")
def test_pages_fit_a_phone_and_twice_their_size_and_nothing_in_them_complains(tmp_path):
    """From 320 to 1100 pixels, in large print, in the dark, for hostile answers: no scrolling sideways, no message, no request."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install -e '.[dev]'")
    hostile = dict.fromkeys(RIGHT, "<script>alert(1)</script>" * 9 + "x" * 300) | {"grid/a": "1 2; 3 4"}
    papers = {
        "hostile": page(hostile, of=sheet(name="N" * 120)),
        "large": page(RIGHT | {"one/a": "A", "size/a": "12"}, large=frozenset({"7"})),
        "families": of_families()[0],
    }
    complaints = []
    with sync_api.sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        tab = browser.new_page(color_scheme="dark")
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("request", lambda r: None if r.url.startswith("file:") else complaints.append(r.url))
        for name, text in papers.items():
            file = tmp_path / f"{name}.html"
            file.write_text(text, encoding="utf-8")
            tab.goto(file.as_uri())
            for width in (320, 390, 1100):
                tab.set_viewport_size({"width": width, "height": 800})
                assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (name, width)
            links = tab.locator("nav a")
            assert links.count() == tab.locator("main .item").count() > 0
            links.last.click()
            assert tab.locator("main .item").last.locator("h2").is_visible()
            assert tab.evaluate("[...document.images].every((image) => image.naturalWidth > 0)")
        browser.close()
    assert complaints == []
