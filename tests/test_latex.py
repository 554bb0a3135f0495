"""Papers as LaTeX: nothing of a text is obeyed, every formula is the question's, and TeX itself compiles every family where it is."""

import itertools
import math
import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexMathNode,
    LatexSpecialsNode,
    LatexWalker,
    LatexWalkerParseError,
)

from question_bank import bank, exam, keysheets, latex_text, maths
from question_bank.draw import Draw
from question_bank.exporters import EXPORTERS
from question_bank.issued import KeyItem, Sheet
from question_bank.message import Message
from question_bank.model import PublicPart, PublicQuestion
from question_bank.paper import Heading, Item, Paper
from question_bank.roster import Student
from question_bank.translation import localize
from question_bank.values import Field, show_number

TEX = shutil.which("pdflatex") or shutil.which("lualatex")
SIGNS = {macro: character for character, macro in latex_text._IN_MATHS.items()}
MACROS = {
    "textbackslash": "\\",
    "textasciicircum": "^",
    "textasciitilde": "~",
    "textless": "<",
    "textgreater": ">",
}
MACROS |= {"textbar": "|", "textasciigrave": "`", "textquotesingle": "'", " ": " "}
MACROS |= {each: each for each in "{}$&#%_"}
TRANSPARENT = {"vn", "latin", "ensuremath", "mbox", "code"}
ANY = st.text(max_size=40)
HOSTILE = [
    r"\input{/etc/passwd}",
    r"\end{document}",
    "^^5cinput x",
    "% gone",
    r"}{\write18{ls}}",
    "$a$ $$ \\( #1 ~ & _x^2",
    "[a] {[}] --- ''x'' ,, <<>> ?` !`",
    "Nguyễn Ünal \u0301 漢字 🙂 \u202e \x00 \ud800 \ue000",
]


def question_of(name):
    """Return a question of a family, of one point of its space; the whole space is not written out for it."""
    family = bank.get(name)
    axes = family.space.axes
    total = math.prod(map(len, axes.values()))
    for step in itertools.count():
        place, point = (7919 * step + total // 2) % total, {}
        for axis, values in axes.items():
            place, at = divmod(place, len(values))
            point[axis] = values[at]
        if family.space._holds(point):
            return family.build(point, Draw("latex", name))
    raise AssertionError(name)


@pytest.fixture(scope="module")
def questions():
    """One question of each family."""
    return tuple(question_of(name) for name in bank.names())


def sheet_of(questions, language="en"):
    """Return a paper with its key."""
    items = (
        KeyItem(f"k7q2-{n:04}", n, 1, localize(question, language)) for n, question in enumerate(questions)
    )
    return Sheet("Quiz & 100 %", "q_1", Student("B21", "Nguyễn Văn Án"), tuple(items), language, coded=True)


def nodes(latex):
    """Parse what somebody else's parser takes for LaTeX, strictly; a document from where it begins."""
    body = latex[latex.index("\\begin{document}") :] if "\\begin{document}" in latex else latex
    return LatexWalker(body, tolerant_parsing=False).get_latex_nodes()[0]


def inside(found):
    """Yield every node at any depth, a formula as a whole."""
    for node in found:
        yield node
        if isinstance(node, LatexGroupNode | LatexEnvironmentNode):
            yield from inside(node.nodelist)
        elif isinstance(node, LatexMacroNode):
            yield from (
                inside(each for each in node.nodeargd.argnlist if each is not None) if node.nodeargd else ()
            )


def printed(found):
    """Read nodes back as the text that is printed, and fail on any command that an escaped text has no use for."""
    text = ""
    waiting = False
    for node in found:
        if isinstance(node, LatexCharsNode):
            text += node.chars
        elif isinstance(node, LatexSpecialsNode):
            text += {"~": "\u00a0"}.get(node.specials_chars, node.specials_chars)
        elif isinstance(node, LatexGroupNode):
            text += "" if waiting == "unlisted" else printed(node.nodelist)
            text += chr(int(printed(node.nodelist), 16)) if waiting == "unlisted" else ""
            waiting = False
        elif isinstance(node, LatexMacroNode):
            arguments = [each for each in node.nodeargd.argnlist if each] if node.nodeargd else []
            name = node.macroname
            if name == "unlisted":
                waiting = name
                continue
            if "\\" + name in SIGNS:
                text += SIGNS["\\" + name]
            else:
                assert name in MACROS or name in TRANSPARENT, name
                text += MACROS.get(name, "")
            text += printed(arguments)
        else:
            pytest.fail(f"{node}: no text")
    return text


def as_read(text):
    """Return what of a text is printed: one line, composed letters, nothing invisible."""
    shown = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(
        "\ufffd" if unicodedata.category(each) == "Cs" else each
        for each in shown
        if unicodedata.category(each) not in {"Cc", "Cf"}
    )


@given(ANY, st.sampled_from(["en", "vi"]))
@example(" ".join(HOSTILE), "en")
@example(" ".join(HOSTILE), "vi")
@example("".join(map(chr, range(0x20, 0x180))), "en")
@settings(max_examples=150, deadline=None)
def test_a_text_is_printed_and_never_obeyed(text, language):
    """Parsed by another program, an escaped text has no command but those for signs and letters, and reads as it was."""
    latex = latex_text.escape(text, language)
    assert not re.search(r"(?<!\\)[#$%&_]|\^", latex)
    back = (
        printed(nodes(latex))
        .replace("-", "\u2212")
        .replace("\u00a0", " ")
        .replace("\u202f", " ")
        .replace("µ", "μ")
    )
    assert back == as_read(text).replace("-", "\u2212").replace("µ", "μ")
    assert not re.search(r"--|''|,,|\?`|!`", latex)


@given(ANY)
@example("x = f('a', \"b\")  # 50% \\n")
@settings(max_examples=60, deadline=None)
def test_a_line_of_code_is_printed_as_it_is(text):
    """With every blank and straight quotes; it may be broken after commas and brackets alone."""
    line = " ".join(text.splitlines()).replace("\u00a0", " ")
    latex = latex_text.escape_code(line).replace("\\allowbreak{}", "")
    wanted = as_read("x".join(line.expandtabs(4).split(" "))).replace("x", "").replace(" ", "")
    assert printed(nodes(latex)).replace(" ", "").replace("x", "").replace("-", "\u2212") == wanted.replace(
        "-", "\u2212"
    )
    assert latex.count("\\ ") == line.expandtabs(4).count(" ")


def plainly(latex):
    """Return a formula without what only says how it looks."""
    bare = (
        re.sub(r"\\mathit\{(\w+)\}", r"\1", latex).replace("\\allowbreak{}", "").replace("\\dfrac", "\\frac")
    )
    return re.sub(r"\\left(?=\()|\\right(?=\))|\s", "", bare).replace("\\_", "_")


def told(sheet):
    """Yield every message of a paper's key, in any order."""
    for solved in map(keysheets._solved, sheet.shown):
        question = solved.question
        yield from (question.stem, *question.remarks, *solved.keys, *itertools.chain(*solved.wrong))
        yield from (step.label for step in question.solution)
        yield from (table.caption for table in question.tables)
        for part in question.parts:
            yield from (part.prompt, *map(Message, part.field.options))


def test_every_formula_of_every_family_is_the_one_of_the_question(questions):
    """Counted in the key, as another program finds them: stems, prompts, options, steps, arrays and nothing else."""
    sheet = sheet_of(questions)
    found = [
        node.latex_verbatim().strip("$")
        for node in inside(nodes(keysheets.latex_keysheet(sheet).decode()))
        if isinstance(node, LatexMathNode)
    ]
    wanted = Counter(
        plainly(maths.latex(source))
        for message in told(sheet)
        for kind, source in message.spans()
        if kind == "math"
    )
    wanted.update(plainly(step.latex()) for item in sheet.items for step in item.question.solution)
    wanted.update(
        show_number(cell)
        for item in sheet.items
        for table in item.question.tables
        for cell in table.value.cells
    )
    assert Counter(map(plainly, found)) == wanted


def test_the_answer_sheet_has_a_field_for_every_part(questions):
    """Each item by its number and code, each part a field of its kind; the paper holds no comment that hides a line."""
    sheet = sheet_of(questions)
    latex = EXPORTERS.get("latex").export(exam.paper_of(sheet)).decode()
    answers = nodes(
        "\\begin{document}"
        + latex[latex.index("\\begin{answers}") : latex.index("\\par\\label{legrade:last}")]
        + "\\end{document}"
    )
    environments = [
        node
        for node in inside(answers)
        if isinstance(node, LatexEnvironmentNode) and node.environmentname == "answers"
    ]
    assert len(environments) == len(sheet.items)
    for number, (item, environment) in enumerate(zip(sheet.items, environments, strict=True), start=1):
        text = environment.latex_verbatim()
        assert text.startswith(f"\\begin{{answers}}{{{number}}}{{{item.id.upper()}}}")
        fields = [part.field for part in item.question.parts]
        assert text.count("\\lettered{") == (len(fields) if len(fields) > 1 else 0)
        assert text.count("\\pick{") == sum(len(f.options) for f in fields if f.kind == "choice")
        instead = sum(f.may_raise + f.may_be_undetermined for f in fields)
        assert text.count("\\tick{") == sum(len(f.options) for f in fields if f.kind == "choices") + instead
        boxes = sum(f.kind not in {"choice", "choices", "text"} for f in fields)
        assert text.count("\\blank{") + bool(text.count("\\cells{")) >= bool(boxes)
    assert not re.search(r"(?<!\\)%", latex[latex.index("\\begin{document}") :])


def test_what_is_no_latex_is_found():
    """The parser that the tests above trust refuses what does not balance."""
    for broken in ("\\begin{answers}{1}", "{x", "$x", "\\begin{a}\\end{b}"):
        with pytest.raises(LatexWalkerParseError):
            nodes(broken)


@pytest.mark.parametrize(
    ("formula", "set_as"),
    [
        ("(n + 2*p - k) // s + 1", "\\left\\lfloor \\dfrac{n + 2 \\times p - k}{s} \\right\\rfloor + 1"),
        ("2*(span - 1)", "2 \\times (\\mathit{span} - 1)"),
        ("(a / b)*c", "\\dfrac{a}{b} \\times c"),
        ("a*(b + c / d)", "a \\times \\left(b + \\dfrac{c}{d}\\right)"),
        ("max(x_a_b, 0)", "\\max(x_{\\mathrm{a\\_b}},\\allowbreak{} 0)"),
        ("σ*bước", "\\sigma  \\times b\\mbox{\\vn{ư}}\\mbox{\\vn{ớ}}c"),
    ],
)
def test_formulas_are_set_to_be_read_on_paper(formula, set_as):
    """Fractions as large as letters, words as words, brackets that let a line break; letters of other alphabets print."""
    assert latex_text.formula(maths.latex(formula)) == set_as


def compiled(folder, name, latex):
    """Run TeX as people do, and return its log."""
    (folder / f"{name}.tex").write_bytes(latex)
    run = subprocess.run(
        [TEX, "-interaction=nonstopmode", "-draftmode", "-no-shell-escape", f"{name}.tex"],
        cwd=folder,
        capture_output=True,
        timeout=200,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "max_print_line": "1000"},
    )
    log = (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
    assert run.returncode == 0, re.findall(r"(?m)^!.*(?:\n.*){4}", log)[:3]
    return log


needs_tex = pytest.mark.skipif(
    TEX is None,
    reason="no TeX: apt-get install --no-install-recommends texlive-latex-recommended texlive-lang-other lmodern",
)


@needs_tex
def test_tex_compiles_every_family_without_a_warning(questions, tmp_path):
    """Paper in large print in Vietnamese, key in English: no error, no line that is too long, no letter that is missing."""
    for language in ("vi", "en"):
        sheet = sheet_of(questions, language)
        paper = replace(exam.paper_of(sheet), large=language == "vi")
        exporter = EXPORTERS.get("latex")
        for place, make in exporter.beside(paper):
            (tmp_path / "figures").mkdir(exist_ok=True)
            (tmp_path / place).write_bytes(make())
        latex = exporter.export(paper) if language == "vi" else keysheets.latex_keysheet(sheet)
        log = compiled(tmp_path, language, latex)
        assert not re.findall(r"Overfull .*|Missing character.*|Font shape .* undefined", log)


@needs_tex
def test_tex_prints_hostile_texts(tmp_path):
    """In every place that a text may stand in, and every letter of many alphabets."""
    letters = [
        "".join(map(chr, range(at, at + 0x60)))
        for at in (0x20, 0xA0, 0x100, 0x160, 0x370, 0x1EA0, 0x2010, 0x2190)
    ]
    texts = [text.replace("$", "").replace("`", "") for text in (*HOSTILE, *letters)]
    parts = (
        PublicPart(
            Message("{x}", {"x": texts[0]}),
            Field("choice", options=tuple(t.replace("{", "").replace("}", "") for t in texts)),
        ),
    )
    question = PublicQuestion(Message("{x}", {"x": " ".join(HOSTILE)}), parts, code="\n".join(HOSTILE))
    items = (Item("k]}", 0, 1, question),)
    for language in ("en", "vi"):
        paper = Paper(
            HOSTILE[0],
            HOSTILE[3],
            HOSTILE[5],
            items,
            HOSTILE[4],
            language,
            (Heading(HOSTILE[1], HOSTILE[6], 0),),
        )
        log = compiled(tmp_path, language, EXPORTERS.get("latex").export(paper))
        assert "Missing character" not in log


def test_large_print_and_long_listings_change_the_letters():
    """Larger letters, fields and figures; a long line makes a listing's letters smaller."""
    wide = PublicQuestion(
        Message("?"), (PublicPart(Message(""), Field("array", size=(1, 2))),), code="x" * 200
    )
    paper = Paper("Q", "q", "1", (Item("k", 0, 1, wide),))
    usual, large = (
        EXPORTERS.get("latex").export(replace(paper, large=each)).decode() for each in (False, True)
    )
    assert "\\listing{4.36pt}" in usual
    assert ("{1.15cm}{0.75cm}" in usual, "{1.84cm}{1.20cm}" in large) == (True, True)
    assert ("\\fontsize{17}" in usual, "\\fontsize{17}" in large) == (False, True)
