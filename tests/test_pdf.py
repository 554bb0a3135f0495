"""Papers to print: every family compiles, the same bytes, nothing read as code, letters of Vietnamese, answer sheets."""

import functools
import json
import math
import re
import stat
import subprocess
import sys
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import bank, exam, keysheets, maths, printing, typst_text
from question_bank.blueprint import Blueprint, Slot
from question_bank.exporters import EXPORTERS
from question_bank.issued import KeyItem, Sheet
from question_bank.keys import CourseKey
from question_bank.message import Message
from question_bank.model import PublicPart, PublicQuestion
from question_bank.paper import Heading, Item, Paper
from question_bank.roster import Student, file_stem
from question_bank.translation import localize
from question_bank.values import Field, Grid

FAMILIES = bank.names()


@functools.cache
def question_of(name):
    """Return one question of a family."""
    return bank.generate(name, 3)


def paper_of(names, language="en", **options):
    """Return a paper with a question of each of these families."""
    questions = [localize(question_of(name), language) for name in names]
    items = tuple(KeyItem(f"k7q2-{n:04}", n, 1, question) for n, question in enumerate(questions))
    sheet = Sheet("Quiz", "q", Student("B21", "Nguyễn Văn Án"), items, language, coded=True)
    return replace(exam.paper_of(sheet), **options)


def shown(paper):
    """Return the data in a paper's source, read as Typst reads its string."""
    source = EXPORTERS.get("typst").export(paper).decode()
    first = source.split("\n", 1)[0]
    literal = first.removeprefix('#let data = json(bytes("').removesuffix('"))')
    assert not re.search(r'(?<!\\)(?:\\\\)*"', literal)
    return json.loads(re.sub(r"\\(.)", r"\1", literal))


def pages(paper):
    """Return how many pages a PDF says it has."""
    made = EXPORTERS.get("pdf").export(paper)
    assert made.startswith(b"%PDF-")
    return int(re.search(rb"/Type\s*/Pages.*?/Count (\d+)|/Count (\d+)", made, re.DOTALL)[1])


@pytest.mark.parametrize(("language", "large"), [("en", False), ("vi", True)])
def test_every_family_compiles_without_a_warning(language, large):
    """All families in one document, which a screen reader can read: Typst checks what it can of PDF/UA-1."""
    import typst

    source = EXPORTERS.get("typst").export(paper_of(FAMILIES, language, large=large))
    compiler = typst.Compiler(source, font_paths=printing.fonts(), ignore_system_fonts=True)
    made, warnings = compiler.compile_with_warnings(format="pdf", timestamp=0, pdf_standards="ua-1")
    assert [str(each) for each in warnings] == []
    assert made.startswith(b"%PDF-")


def test_the_same_paper_gives_the_same_bytes_in_another_process():
    """No time, no identity of a process and no order of a set is in a PDF."""
    program = (
        "import sys; sys.path.insert(0, 'tests'); from test_pdf import *;"
        "sys.stdout.buffer.write(EXPORTERS.get('pdf').export(paper_of(FAMILIES[:3])))"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=120)
    assert other.stdout == EXPORTERS.get("pdf").export(paper_of(FAMILIES[:3]))


def test_large_print_takes_more_pages():
    """A student who reads large print gets larger letters."""
    assert pages(paper_of(FAMILIES[:6], large=True)) > pages(paper_of(FAMILIES[:6]))


ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
HOSTILE = [
    '"))\n#read("/etc/passwd")',
    '\\"',
    "#let x = 1",
    "$ a",
    "@preview/x",
    "\\u{22}",
    "]#panic()[",
    "`",
]


@given(st.one_of(ANY, st.sampled_from(HOSTILE)))
@settings(max_examples=60, deadline=None)
def test_texts_are_data_and_never_code(text):
    """Whatever a title, a name or an option says, it is in the data as it is."""
    question = PublicQuestion(Message("{x}", {"x": text}), (PublicPart(Message(""), Field("integer")),))
    told = shown(Paper(text, "q", text, (Item("k", 0, 1, question),), text))
    assert [told["title"], told["student"], told["name"]] == [text] * 3
    stem = "".join(words for _, words in told["items"][0]["stem"])
    assert stem.replace("\u2212", "-") == text.replace("\u2212", "-")


def test_hostile_texts_compile():
    """What would be code if it were read as such is printed."""
    heading = Heading(HOSTILE[0], "", 0)
    parts = (
        PublicPart(
            Message(""),
            Field("choice", options=tuple(x.replace("$", "").replace("`", "") for x in HOSTILE[1:4])),
        ),
    )
    question = PublicQuestion(Message("{x}", {"x": "\n".join(HOSTILE)}), parts, code="\n".join(HOSTILE))
    items = (Item("k", 0, 1, question),)
    assert pages(Paper(HOSTILE[0], HOSTILE[1], HOSTILE[6], items, HOSTILE[2], sections=(heading,))) == 2


def test_a_document_reads_no_file_of_this_machine(tmp_path):
    """Even one that was not ours could not."""
    import typst

    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    with pytest.raises(typst.TypstError):
        printing.compiled(f'#read("{tmp_path}/secret.txt")'.encode())
    with pytest.raises(typst.TypstError):
        printing.compiled(b'#read("../pdf.py")')


@pytest.mark.parametrize(
    ("formula", "set_as"),
    [
        (
            "(n + 2*p - k) // s + 1",
            'floor(frac(italic("n") + 2 times italic("p") - italic("k"), italic("s"))) + 1',
        ),
        ("max(0, -x)", 'max(0, -italic("x"))'),
        (
            "h_out = (a - (b + c))*2",
            'italic("h")_"out" = (italic("a") - (italic("b") + italic("c"))) times 2',
        ),
    ],
)
def test_formulas_are_set_in_typst(formula, set_as):
    """Fractions, floors, subscripts, signs and brackets."""
    assert maths.typst(formula) == set_as


def test_the_answer_sheet_has_a_field_for_every_part():
    """Letters of a choice, cells of an array that is not too large, boxes for errors; each item by its code."""
    paper = paper_of(FAMILIES)
    told = shown(paper)
    assert [item["code"] for item in told["items"]] == [item.code for item in paper.items]
    fields = [part.field for item in paper.items for part in item.question.parts]
    parts = [part for item in told["items"] for part in item["parts"]]
    assert len(parts) == len(fields)
    for part, field in zip(parts, fields, strict=True):
        assert "".join(part["letters"]) == field.letters
        assert (part["kind"], part["unit"], part["raises"]) == (field.kind, field.unit, field.may_raise)
        cells = sum(rows * columns for _, rows, columns in part["cells"])
        if cells:
            assert cells == math.prod(field.size)
    assert any(part["cells"] for part in parts)


def test_every_letter_of_vietnamese_has_a_glyph():
    """No letter is drawn as the box of a missing one, whatever it is put together from."""
    import typst

    def outlines(face, text):
        source = f'#set text(font: "{face}", fallback: false)\n#"{text}"'.encode()
        drawn = typst.compile(source, format="svg", font_paths=printing.fonts(), ignore_system_fonts=True)
        return set(re.findall(rb'<symbol.*?<path d="([^"]+)"', drawn, re.DOTALL))

    marked = {base + tone for base in "aăâeêioôơuưy" for tone in ("", *"\u0300\u0301\u0309\u0303\u0323")}
    small = {unicodedata.normalize("NFC", each) for each in marked} | {"đ"}
    letters = "".join(sorted(small | {each.upper() for each in small}))
    assert len(letters) == 146
    for face in ("Libertinus Serif", "DejaVu Sans Mono"):
        [missing] = outlines(face, "\ue123")
        assert missing not in outlines(face, letters)
        assert missing in outlines(face, letters + "\ue123")


def test_every_key_compiles_and_holds_keys_steps_and_names():
    """All families in one key sheet; what it shows beside the paper is the question's own."""
    items = tuple(
        KeyItem(f"k7q2-{n:04}", n, 1, question) for n, question in enumerate(map(question_of, FAMILIES))
    )
    sheet = Sheet("Quiz", "q", Student("B21", "An"), items)
    made = keysheets.printed_keysheet(sheet)
    assert made.startswith(b"%PDF-")
    assert len(made) > len(EXPORTERS.get("pdf").export(exam.paper_of(sheet))) / 2


def test_printed_papers_come_with_keys_for_their_owner_alone(tmp_path):
    """One a version, mode 0600, beside the pages and never among the papers; building again writes none anew."""
    plan = Blueprint("Q", "q", (Slot("conv-output-size"), Slot("written-convolution")), versions=2)
    roster = [Student(str(n), "An") for n in range(3)]
    made = exam.build(plan, roster, CourseKey(bytes(32)), tmp_path, ["pdf"])
    assert [path.name for path in made.keys] == ["A.html", "A.pdf", "B.html", "B.pdf"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.keys} == {0o600}
    assert sorted(path.name for path in (tmp_path / "papers").iterdir()) == ["0.pdf", "1.pdf", "2.pdf"]
    before = {path: path.read_bytes() for path in (*made.papers, *made.keys)}
    exam.build(plan, roster, CourseKey(bytes(32)), tmp_path, ["pdf"])
    assert before == {path: path.read_bytes() for path in before}


def test_latex_papers_come_with_figures_once_and_keys(tmp_path):
    """Named by what they show, PDF, and those of the key for its owner alone; building again writes the same bytes."""
    plan = Blueprint("Q", "q", (Slot("conv-output-size"), Slot("max-pool-by-hand")), versions=1)
    names = {"0": "", "1": "", "ü 7": "vi"}
    roster = [Student(name, "An", language=language) for name, language in names.items()]
    made = exam.build(plan, roster, CourseKey(bytes(32)), tmp_path, ["latex"])
    papers = {path.name: path.read_text(encoding="utf-8") for path in made.papers}
    assert sorted(papers) == [
        "0.tex",
        "1.tex",
        f"{file_stem('ü 7').replace('~', '+')}.tex",
    ]  # TeX obeys a tilde
    named = [set(re.findall(r"\\drawing\{1\}\{(figures/[0-9a-f]{16})\}", text)) for text in papers.values()]
    assert named[0] == named[1] != named[2]
    files = sorted((tmp_path / "papers" / "figures").iterdir())
    assert {f"figures/{path.stem}" for path in files} == named[0] | named[2]
    assert all(path.read_bytes().startswith(b"%PDF-") for path in files)
    sheets = tmp_path / "key" / "sheets"
    assert sorted(path.name for path in sheets.iterdir()) == ["A.html", "A.tex", "figures"]
    assert {
        stat.S_IMODE(path.stat().st_mode) for path in (sheets / "A.tex", *(sheets / "figures").iterdir())
    } == {0o600}
    assert "For instructors only" in (sheets / "A.tex").read_text(encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    exam.build(plan, roster, CourseKey(bytes(32)), tmp_path, ["latex"])
    assert before == {path: path.read_bytes() for path in before}


@pytest.mark.parametrize(
    ("rule", "parts", "told"),
    [
        ("parts", 2, ""),
        ("all-or-nothing", 2, "All points for a whole right answer, otherwise none."),
        ("whole-parts", 1, "All points for a whole right answer, otherwise none."),
        ("whole-parts", 2, "Each part counts when all of it is right."),
        ("per-cell", 1, ""),
        ("per-cell", 2, "Each number of an array counts as much as another part."),
    ],
)
def test_the_rule_of_credit_is_told(rule, parts, told):
    """In the words of the page."""
    assert typst_text.credit_rule(rule, parts) == told


def test_planes_are_named_by_their_index():
    """Outer axes count up, the innermost fastest."""
    assert [name for name, _ in typst_text.planes_of(Grid((2, 2, 1, 3), (0,) * 12))] == [
        "[0, 0]",
        "[0, 1]",
        "[1, 0]",
        "[1, 1]",
    ]
