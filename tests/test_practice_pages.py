"""Practice pages over every family: all is told, nothing is open, nothing needs a script; in a browser, by keyboard, on a phone."""

import itertools
import math
import shutil

import lxml.html
import pytest

from question_bank import bank, practice_pages, practice_reasons, printing
from question_bank.answers import Choice, Choices
from question_bank.draw import Draw
from question_bank.issued import KeyItem, Sheet
from question_bank.languages import text
from question_bank.message import Message
from question_bank.misconceptions import CATALOGUE
from question_bank.paper import Heading
from question_bank.roster import Student
from question_bank.translation import localize

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ON_A_PAGE = 31


def question_of(name):
    """Return a question of a family, of one point of its space; the whole space is not written out for it."""
    family = bank.get(name)
    axes = family.space.axes
    total = math.prod(map(len, axes.values()))
    for step in itertools.count():
        place, point = (7919 * step + total // 3) % total, {}
        for axis, values in axes.items():
            place, at = divmod(place, len(values))
            point[axis] = values[at]
        if family.space._holds(point):
            return family.build(point, Draw("practice", name))
    raise AssertionError(name)


@pytest.fixture(scope="module")
def questions():
    """One question of each family."""
    return tuple(question_of(name) for name in bank.names())


def sheet_of(questions, language="en"):
    """Return a practice set."""
    items = tuple(
        KeyItem(f"k7q2-{n:04}", n, 1, localize(question, language)) for n, question in enumerate(questions)
    )
    return Sheet("Quiz", "practice/q-1", Student("set-1", ""), items, language, coded=True)


def words(node):
    """Return the letters of an element outside formulas and code, which is what a page and a message have alike."""
    copy = lxml.html.fromstring(lxml.html.tostring(node))
    for each in copy.xpath("//math | //code"):
        each.drop_tree()
    return letters(copy.text_content())


def spoken(message):
    """Return the letters of a message outside formulas and code."""
    return letters("".join(each for kind, each in message.spans() if kind == "text"))


def letters(said):
    """Return letters and digits alone."""
    return "".join(filter(str.isalnum, said))


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_page_tells_all_and_shows_nothing_before_it_is_opened(questions, language):
    """Of every family: keys, steps, and a reason for each wrong option and each answer that has a name; no script, no resource."""
    sheet = sheet_of(questions, language)
    page = practice_pages.to_html(sheet)
    tree = lxml.html.fromstring(page.decode())
    banner = text(practice_reasons.BANNER, language)
    assert tree.findtext(".//title").startswith(text(practice_reasons.TITLE, language).format(title="Quiz"))
    assert tree.xpath("//h1")[0].text == text(practice_reasons.TITLE, language).format(title="Quiz")
    assert tree.xpath("//*[@class='banner']")[0].text == banner
    assert not tree.xpath("//script | //link | //img | //*[@src] | //*[@href] | //details[@open]")
    [policy] = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    names = [words(each) for each in tree.xpath("//summary")]
    assert len(set(names)) == len(names)
    exercises = tree.xpath("//article[@class='exercise']")
    assert len(exercises) == len(questions)
    for item, exercise in zip(sheet.items, exercises, strict=True):
        question = item.question
        folded = exercise.xpath("./details")
        visible = words(exercise.xpath("./section")[0])
        assert len(folded) == 1 + bool(question.solution) + bool(question.solution or question.remarks)
        answer = folded[bool(question.solution)]
        assert [words(line) for line in answer.xpath(".//ul/li")] == [
            spoken(line) for line in practice_reasons.keys(question, language)
        ]
        assert len(folded[-1].xpath(".//ol/li")) == (len(question.solution) if question.solution else 0)
        told = [words(each) for each in answer.xpath(".//dd")]
        for wrong in question.wrong:
            said = text(CATALOGUE[wrong.misconception].explanation, language)
            assert any(spoken(Message(said)) in each for each in told), (question.family, wrong)
            assert spoken(Message(said)) not in visible
        reasons = [spoken(each.answer) for each in practice_reasons.reasons(question, language)]
        assert [words(each) for each in answer.xpath(".//dt")] == reasons
        for at, part in enumerate(question.parts):
            if isinstance(part.answer, Choice | Choices):
                letter = practice_reasons.letter_of(question, at)
                wrong = [each for each in part.field.letters if each not in part.answer.value]
                for option in wrong:
                    assert any(reason.startswith(letters(letter) + option) for reason in reasons)


def test_a_hint_never_gives_what_a_step_comes_to(questions):
    """A formula in symbols, or one still to be worked out; of steps alike the first; no formula that is the value itself."""
    some = 0
    for question in questions:
        hints = practice_reasons.hints(question)
        assert bool(hints) == bool(question.solution)
        assert len({hint.label.template for hint in hints}) == len(hints)
        for hint in hints:
            some += bool(hint.formula)
            assert not hint.plain().lstrip("\u2212").isdigit()
            assert "=" not in hint.plain()
    assert some > len(questions) / 2


@pytest.mark.parametrize("language", ["en", "vi"])
def test_markdown_folds_the_same(questions, language):
    """As many details as on the page, all closed, with the reasons; figures stand in the file."""
    questions = questions if language == "en" else questions[::6]
    sheet = sheet_of(questions, language)
    told = practice_pages.to_markdown(sheet).decode()
    page = practice_pages.to_html(sheet).decode()
    assert told.startswith(f"# {text(practice_reasons.TITLE, language).format(title='Quiz')}\n\n**")
    assert told.count("\n<details><summary>") == told.count("\n</details>\n") == page.count("<details>")
    assert told.count("](data:image/svg+xml;base64,") == sum(bool(each.figure) for each in questions)
    for wrong in (wrong for item in sheet.items for wrong in item.question.wrong):
        title = text(CATALOGUE[wrong.misconception].title, language)
        assert "`" in title or "$" in title or f"**{title}.** " in told


@pytest.mark.parametrize("language", ["en", "vi"])
def test_practice_sets_compile_to_print(questions, language):
    """Without a warning, readable by a screen reader; that every family's items and steps do, tests/test_pdf.py shows."""
    import typst

    sheet = sheet_of(questions[::10], language)
    source = practice_pages.to_typst(sheet, large=language == "vi")
    compiler = typst.Compiler(source, font_paths=printing.fonts(), ignore_system_fonts=True)
    made, warnings = compiler.compile_with_warnings(format="pdf", timestamp=0, pdf_standards="ua-1")
    assert [str(each) for each in warnings] == []
    assert made.startswith(b"%PDF-")


def test_sections_stand_before_their_questions(questions):
    """Their intros may hold braces; formats agree."""
    heading = Heading("Two *stars*", "The set {0, 1} and $n$", 1)
    sheet = sheet_of(questions[:2])
    sheet = Sheet(sheet.title, sheet.paper, sheet.student, sheet.items, sections=(heading,))
    page, told = practice_pages.to_html(sheet).decode(), practice_pages.to_markdown(sheet).decode()
    assert "<h2>Two *stars*</h2>\n<p>The set {0, 1} and <math>" in page
    assert "# Two \\*stars\\*\n\nThe set \\{0, 1\\} and $n$\n\n## Question 2" in told
    assert practice_pages.to_pdf(sheet).startswith(b"%PDF-")


@pytest.mark.skipif(CHROMIUM is None, reason="no browser: apt-get install -y chromium")
def test_a_browser_opens_everything_by_keyboard_alone(questions, tmp_path):
    """Every family, some on a page: formulas have a size, nothing reaches beyond a phone or at 200 %, no complaint, no request."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install -e '.[dev]'")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 360, "height": 740})
        complaints = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on(
            "request", lambda asked: None if asked.url.startswith("file:") else complaints.append(asked.url)
        )
        for first in range(0, len(questions), ON_A_PAGE):
            path = tmp_path / "practice.html"
            path.write_bytes(
                practice_pages.to_html(
                    sheet_of(questions[first : first + ON_A_PAGE], "vi" if first else "en")
                )
            )
            page.goto(path.as_uri())
            count = page.evaluate("document.querySelectorAll('details').length")
            assert page.evaluate("document.querySelectorAll('details[open]').length") == 0
            page.locator("summary").first.focus()
            page.keyboard.press("Enter")
            assert page.evaluate("document.querySelectorAll('details[open]').length") == 1
            page.keyboard.press("Enter")
            assert page.evaluate("document.querySelectorAll('details[open]').length") == 0
            page.evaluate("document.querySelectorAll('summary').forEach((each) => each.click())")
            assert page.evaluate("document.querySelectorAll('details[open]').length") == count
            hidden = "[...document.querySelectorAll('math')].filter((m) => !m.getBoundingClientRect().width).length"
            assert page.evaluate(hidden) == 0
            for zoom in (1, 2):
                page.evaluate(f"document.documentElement.style.fontSize = '{106.25 * zoom}%'")
                page.set_viewport_size({"width": 360 * zoom, "height": 740})
                assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            small = "[...document.querySelectorAll('summary')].filter((s) => s.getBoundingClientRect().height < 40).length"
            assert page.evaluate(small) == 0
        browser.close()
    assert complaints == []
