"""Papers in other languages: every text has a translation of the same fields, nothing but words changes, nothing is mixed."""

import functools
import io
import json
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from question_bank import bank, exam, issuing, languages, marking, texts
from question_bank.blueprint import Blueprint, Slot, parse_blueprint
from question_bank.cli import bank_app
from question_bank.errors import (
    BlueprintError,
    FormatError,
    MissingTranslationError,
    RosterError,
    UnknownNameError,
)
from question_bank.exporters import EXPORTERS
from question_bank.issued import KeyItem, Sheet, read_sheets
from question_bank.keys import CourseKey
from question_bank.marks import ItemMark, PartMark
from question_bank.marksheet import item_to_json
from question_bank.message import Message
from question_bank.misconceptions import CATALOGUE, LECTURES
from question_bank.paper import Paper
from question_bank.readings import read
from question_bank.responses import Response
from question_bank.roster import Student, parse_roster
from question_bank.translation import localize, rewritten
from question_bank.values import Field

FAMILIES = bank.names()
OTHERS = [language for language in languages.LANGUAGES if language != languages.SOURCE]
AN, BINH = Student("1", "Nguyễn Văn Án"), Student("2", "Bình")
SAMPLED, MANY = 60, 500
"""Points of each family; `legrade bank texts` looks at all of them."""


def untranslated(found, language):
    """List what is wrong, one text a line, as a person wants to read it."""
    return "\n".join(problem for _, problem in texts.problems(found, language))


@functools.cache
def all_of_family(name):
    """Return the texts of a family from many points of its space; kept, because it takes a while."""
    return texts.of_family(bank.get(name), MANY)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_translated(name, language):
    """Templates, options, units and names of axes of a sample of the space that shows every value of every axis."""
    assert untranslated(texts.of_family(bank.get(name), SAMPLED), language) == ""


@pytest.mark.slow
@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_translated_at_many_points(name, language):
    """The same for more of them; where a text is missing all the same, its paper is refused and never mixed."""
    assert untranslated(all_of_family(name), language) == ""


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("collect", [texts.of_misconceptions, texts.of_pages])
def test_feedback_and_page_are_translated(collect, language):
    """Titles, explanations and remarks on lectures; the page, its script and its figures."""
    assert untranslated(collect(), language) == ""


@pytest.mark.slow
@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_over(language):
    """A text that was changed takes its translation along, else the old one would lie about for ever."""
    used = texts.of_misconceptions() | texts.of_pages()
    assert texts.obsolete(used.union(*map(all_of_family, FAMILIES)), language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_entry_is_unfinished_and_all_are_of_one_mind(language):
    """Every file parses; no entry is empty or fuzzy; no text is translated in two ways; a page's text cannot end an attribute."""
    for path in sorted((languages.FOLDER / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as stream:
            catalog = read_po(stream, locale=language, abort_invalid=True)
        unfinished = [entry.id for entry in catalog if entry.id and (entry.fuzzy or not entry.string)]
        assert (path.name, unfinished) == (path.name, [])
    assert languages.catalog(language)
    assert not [text for text in texts.of_pages() if '"' in languages.text(text, language)]
    assert all(unicodedata.is_normalized("NFC", text) for text in languages.catalog(language).values())


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_numbers_of_the_english(language):
    """A 5 that became a 3 would be another question; 0 may be written for zeros."""
    for file, english, translated in languages.entries(language):
        wanted, got = (Counter(re.findall(r"\d+(?!-D)", text)) for text in (english, translated))
        assert wanted - got == Counter(), (file, english, translated)
        assert got - wanted <= Counter("01" * 9) or file == "page.po", (file, english, translated)


@pytest.mark.parametrize("name", FAMILIES)
def test_no_field_carries_a_word_of_the_text(name):
    """A word that is put into a template as a field would stay English; the title of a source and a letter may."""
    for seed in range(12):
        question = bank.generate(name, seed)
        messages = [question.stem, *question.remarks, *(part.prompt for part in question.parts)]
        messages += [table.caption for table in question.tables] + [step.label for step in question.solution]
        for message in messages:
            bare = re.sub(r"\$[^$]*\$|`[^`]*`", "", message.template)
            words = {
                field
                for field, value in message.fields.items()
                if field != "source" and re.search(r"[^\W\d_]{2}", str(value)) and "{" + field in bare
            }
            assert not words, message


# --- nothing but words changes


def shape_of(question):
    """Return all of a question that is no text: with every template emptied."""
    blank = rewritten_to_numbers(question)
    return blank.to_json()


def rewritten_to_numbers(question):
    """Replace each text by its place among the texts of the question, so that options stay different."""
    seen = {}
    return rewritten(
        question, lambda template: str(seen.setdefault(len(seen), len(seen))) if template else ""
    )


@pytest.fixture
def spoken(monkeypatch):
    """A language that exists for this test: every text is in capitals, fields, code and maths as they are."""
    pieces = re.compile(r"(\$[^$]*\$|`[^`]*`|\{[^{}]*\}|%\([a-z_]+\)s|</?[a-z][^>]*>)")

    def loud(template, language):
        if language == "en" or not languages.needs_words(template):
            return template
        return "".join(part if pieces.fullmatch(part) else part.upper() for part in pieces.split(template))

    monkeypatch.setattr("question_bank.translation.text", loud)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_translation_changes_words_only(data):
    """Key, listing, numbers, misconceptions, letters, units' places: all but the templates are equal."""
    name, seed = data.draw(st.sampled_from(FAMILIES)), data.draw(st.integers(0, 10_000))
    question = bank.generate(name, seed)
    other = rewritten(question, lambda template: f"{template} (vi)" if template else "")
    assert shape_of(other) == shape_of(question)
    assert [part.answer.value for part in other.parts] == [part.answer.value for part in question.parts]
    assert other.stem.plain().endswith(" (vi)")
    assert (other.code, other.given, other.wrong) == (question.code, question.given, question.wrong)


def test_english_is_the_question_itself():
    """Nothing is copied, looked up or imported."""
    question = bank.generate(FAMILIES[0], 0)
    assert localize(question, "en") is question
    code = (
        "import sys; from question_bank import bank, translation;"
        "translation.localize(bank.generate('conv-output-size', 1), 'en');"
        "sys.exit('babel' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


BROKEN = {
    "a field is missing": ("{n} pixels, stride {s}", "{n} điểm ảnh", "fields"),
    "a field is renamed": ("{n} pixels", "{m} điểm ảnh", "fields"),
    "a brace is open": ("{n} pixels", "{n điểm ảnh", "braces that do not match"),
    "code is translated": ("What does `relu` do?", "`hàm kích hoạt` làm gì?", "code and maths"),
    "maths is changed": ("The size $n + 1$ of it", "Kích thước $n - 1$", "code and maths"),
    "maths is open": ("The size $n$ of it", "Kích thước $n", "code and maths"),
    "a tag is missing": ("on <em>each</em> side", "ở mỗi phía", "tags"),
    "a placeholder is missing": ("Question %(number)s", "Câu hỏi", "fields"),
    "a blank is missing": ("pixels ", "điểm ảnh", "blanks at the ends"),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder of translations, and a function that writes a file of entries into it."""

    def write(name, entries):
        path = tmp_path / "vi" / "LC_MESSAGES" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        quoted = [f"msgid {json.dumps(a)}\nmsgstr {json.dumps(b, ensure_ascii=False)}\n" for a, b in entries]
        path.write_text(head + "\n".join(quoted), encoding="utf-8")

    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    languages.catalog.cache_clear()
    yield write
    languages.catalog.cache_clear()


@pytest.mark.parametrize(("english", "translated", "problem"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_translation_is_never_used(folder, english, translated, problem):
    """It would ask another question; the message has both texts."""
    folder("x.po", [(english, translated)])
    with pytest.raises(MissingTranslationError, match=problem) as caught:
        languages.text(english, "vi")
    assert repr(english) in str(caught.value)
    assert translated in str(caught.value)


def test_fields_may_change_places(folder):
    """Languages put words in other orders."""
    folder("x.po", [("Row {i} of $x$, column {j}", "Cột {j}, hàng {i} của $x$")])
    assert (
        Message(languages.text("Row {i} of $x$, column {j}", "vi"), {"i": 1, "j": 2}).plain()
        == "Cột 2, hàng 1 của x"
    )


def test_what_is_not_translated_is_an_error_and_not_english(folder):
    """The message says which text, into which language, and where to write it."""
    folder("x.po", [("Output length", "Độ dài đầu ra")])
    with pytest.raises(
        MissingTranslationError, match=r"'vi': 'Output width' has no translation; add it to .*LC_MESSAGES"
    ):
        languages.text("Output width", "vi")
    with pytest.raises(MissingTranslationError):
        localize(bank.generate("conv-output-size", 0), "vi")


def test_fuzzy_entries_are_no_translations(folder, tmp_path):
    """They are a tool's guesses, for a translator to look at."""
    folder("x.po", [("Output length", "Độ dài đầu ra")])
    path = tmp_path / "vi" / "LC_MESSAGES" / "x.po"
    path.write_text(
        path.read_text(encoding="utf-8").replace('msgid "Output', '#, fuzzy\nmsgid "Output'), encoding="utf-8"
    )
    with pytest.raises(MissingTranslationError):
        languages.text("Output length", "vi")


def test_two_translations_of_one_text_are_refused(folder):
    """One word, one translation: the message names both files."""
    folder("a.po", [("width", "chiều rộng")])
    folder("b.po", [("width", "bề rộng")])
    with pytest.raises(
        FormatError, match=r"'width' is translated in two ways, in a\.po and in b\.po; keep one"
    ):
        languages.catalog("vi")


@pytest.mark.parametrize(
    "text", ["", "13 px", "$n + 2 p$", "`nn.ReLU()`", "{a}", "(3, 32, 32)", "`{layer}`, {n} px"]
)
def test_what_has_no_words_is_the_same_in_all_languages(folder, text):
    """Numbers, shapes, code, maths, fields and units that are signs need no entry."""
    assert languages.text(text, "vi") == text


def test_an_unknown_language_is_answered_with_those_that_there_are(tmp_path):
    """By name, in a blueprint, in a class list, and in a frozen paper."""
    question = bank.generate("conv-output-size", 0)
    with pytest.raises(UnknownNameError, match=r"unknown language 'vn': did you mean .*vi.* Known: en, vi"):
        localize(question, "vn")
    text = b'title = "Q"\npaper = "q"\nlanguage = "vn"\n[[slots]]\nfamily = "conv-output-size"\n'
    with pytest.raises(
        BlueprintError, match=r"exam\.toml: line 3: language: got 'vn', expected one of en, vi"
    ):
        parse_blueprint(text)
    with pytest.raises(
        RosterError, match=r"row 3: got the language 'Thai', expected one of en, vi, or nothing"
    ):
        parse_roster("id,name,language\n1,An,vi\n2,Bình,Thai\n")
    frozen = {**Paper("Q", "q", "1", (), "An", "vi").to_json(), "language": "vn"}
    with pytest.raises(FormatError, match=r"language='vn': expected one of en, vi"):
        Paper.from_json(frozen)
    result = CliRunner().invoke(bank_app, ["show", "conv-output-size", "--language", "vn"])
    assert isinstance(result.exception, UnknownNameError)


# --- papers


def test_the_language_is_read_where_it_is_written():
    """In a blueprint and in a class list, in letters of any case; nothing means English, or what the exam says."""
    text = 'title = "Q"\npaper = "q"\n{}[[slots]]\nfamily = "conv-output-size"\n'
    vi, plain = (parse_blueprint(text.format(line).encode()) for line in ('language = "vi"\n', ""))
    assert (vi.language, plain.language) == ("vi", "en")
    assert Blueprint.from_json(vi.to_json()) == vi
    assert "language" not in plain.to_json()
    roster = parse_roster("id,name,Language\n1,An,VI\n2,Bình, \n")
    assert [student.language for student in roster] == ["vi", ""]
    assert parse_roster("id,name\n1,An\n")[0].language == ""


def test_an_exam_keeps_the_language_it_was_issued_in(tmp_path, key):
    """Another language in the same folder is another exam; the message says both."""
    blueprint = Blueprint("Quiz", "quiz-1", (Slot("conv-output-size"),))
    exam.build(blueprint, (AN,), key, tmp_path / "out", ["json"])
    with pytest.raises(BlueprintError, match=r"language was 'en', is 'vi'; issued papers never change"):
        exam.build(replace(blueprint, language="vi"), (AN,), key, tmp_path / "out", ["json"])


def test_a_preview_is_in_the_language_of_the_blueprint(key, spoken):
    """The instructor sees what the class will read."""
    blueprint = Blueprint("Quiz", "quiz-1", (Slot("conv-output-size"),))
    [english], [other] = (
        exam.preview(blueprint, key, 1),
        exam.preview(replace(blueprint, language="vi"), key, 1),
    )
    assert other.questions[0].stem.plain().startswith(english.questions[0].stem.plain()[:20].upper())


SLOTS = (
    Slot("conv-output-size", 2),
    Slot("max-pool-by-hand"),
    Slot("conv-output-size-choice"),
    Slot("stack-output-shape"),
)


@pytest.fixture
def key(tmp_path):
    """A course key."""
    CourseKey.new(tmp_path / "course.key")
    return CourseKey.load(tmp_path / "course.key")


def test_each_paper_is_in_its_students_language(tmp_path, key, spoken):
    """The class list goes before the blueprint; the questions and numbers are what they would be in English."""
    roster = (AN, replace(BINH, language="en"))
    blueprint = Blueprint("Quiz", "quiz-1", SLOTS, "vi")
    exam.build(blueprint, roster, key, tmp_path / "vi", ["json"])
    exam.build(replace(blueprint, language="en"), roster, key, tmp_path / "en", ["json"])
    vi, en = read_sheets(tmp_path / "vi"), read_sheets(tmp_path / "en")
    assert (vi["1"].language, vi["2"].language) == ("vi", "en")
    assert vi["2"] == en["2"]
    for ours, theirs in zip(vi["1"].items, en["1"].items, strict=True):
        assert ours.question.stem != theirs.question.stem
        assert shape_of(ours.question) == shape_of(theirs.question)
        assert (ours.id, ours.points) == (theirs.id, theirs.points)
    frozen = json.loads((tmp_path / "vi" / "papers" / "1.json").read_bytes())
    assert frozen["language"] == "vi"
    assert Paper.from_json(frozen) == exam.paper_of(vi["1"])


def test_an_english_paper_is_frozen_as_before(tmp_path, key):
    """What says that a paper is English is that nothing says otherwise, so no digest changes."""
    exam.build(Blueprint("Quiz", "quiz-1", SLOTS), (AN,), key, tmp_path, ["json"])
    for path in [*tmp_path.rglob("*.json")]:
        assert b'"language"' not in path.read_bytes()
        assert b'"same"' not in path.read_bytes()


def test_an_issued_paper_keeps_its_words_when_a_translation_improves(tmp_path, key, spoken, monkeypatch):
    """Papers are frozen: building again writes the words that were issued."""
    blueprint = Blueprint("Quiz", "quiz-1", SLOTS, "vi")
    exam.build(blueprint, (AN,), key, tmp_path / "out", ["json"])
    before = (tmp_path / "out" / "papers" / "1.json").read_bytes()
    monkeypatch.setattr("question_bank.translation.text", lambda text, _language: text.lower())
    exam.build(blueprint, (AN, BINH), key, tmp_path / "out", ["json"])
    assert (tmp_path / "out" / "papers" / "1.json").read_bytes() == before


def test_a_missing_translation_issues_nothing(tmp_path, key, folder):
    """No paper, no key, no half of a class: the error comes before the first file."""
    blueprint = Blueprint("Quiz", "quiz-1", SLOTS)
    folder("x.po", [("Output length", "Độ dài đầu ra")])
    with pytest.raises(MissingTranslationError):
        exam.build(blueprint, (AN, replace(BINH, language="vi")), key, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_two_languages_never_hide_that_two_items_are_the_same(tmp_path, key, spoken):
    """Drawn items are told apart by what students see; a translated one is remembered by its English form."""
    blueprint = Blueprint("Quiz", "quiz-1", (Slot("max-pool-by-hand"),), "vi")
    exam.build(blueprint, (AN,), key, tmp_path / "out", ["json"])
    [item] = read_sheets(tmp_path / "out")["1"].items
    exam.build(replace(blueprint, language="en"), (AN,), key, tmp_path / "en", ["json"])
    [english] = read_sheets(tmp_path / "en")["1"].items
    assert item.same == issuing.identity(english.question)
    assert issuing.identity(item.question) != item.same


def test_the_whole_class_gets_different_items_in_both_languages(tmp_path, key, spoken):
    """Twenty students, two languages, a drawn family: twenty items."""
    roster = [Student(f"s{n:02}", "An", language=("en", "vi")[n % 2]) for n in range(20)]
    exam.build(Blueprint("Quiz", "quiz-1", (Slot("max-pool-by-hand"),)), roster, key, tmp_path, ["json"])
    items = [sheet.items[0] for sheet in read_sheets(tmp_path).values()]
    assert len({item.same or issuing.identity(item.question) for item in items}) == 20


def test_marks_do_not_depend_on_the_language(spoken):
    """The same texts typed on a translated paper earn the same points for the same reasons."""
    for name in FAMILIES[::4]:
        question = bank.generate(name, 3)
        shown = [part.answer.show() for part in question.parts]
        letters = "abcdefghijkl"
        for typed in (shown, ["7"] * len(shown), ["A"] * len(shown)):
            answers = {f"x/{letter}": text for letter, text in zip(letters, typed, strict=False)}
            marks = []
            for language in ("en", "vi"):
                item = KeyItem("x", 0, 2, localize(question, language))
                sheet = Sheet("Quiz", "quiz-1", AN, (item,), language)
                [mark] = marking.mark_all({"1": sheet}, [Response("f", "quiz-1", "1", answers)]).students
                marks.append((mark.points, [part for item in mark.items for part in item.parts]))
            assert marks[0] == marks[1]


def test_students_are_told_in_their_language_what_a_wrong_answer_comes_from(folder):
    """The explanation and what lectures get wrong are the student's, the title the instructor's; a missing one is English."""
    entry, lecture = CATALOGUE["floor-forgotten"], LECTURES["floor-forgotten"]
    folder("x.po", [(entry.explanation, "Số vị trí là số nguyên."), (lecture, "Bài giảng không làm tròn.")])
    part = PartMark(
        "a", "14.5", "14.5 read as a number", "wrong", Fraction(0), ("floor-forgotten", "padding-once")
    )
    mark = ItemMark("x", "conv-output-size", Fraction(0), Fraction(1), (part,))
    floor, padding = item_to_json(mark, "vi")["parts"][0]["misconceptions"]
    assert floor == {
        "id": "floor-forgotten",
        "title": entry.title,
        "explanation": "Số vị trí là số nguyên.",
        "lecture": "Bài giảng không làm tròn.",
    }
    assert padding["explanation"] == CATALOGUE["padding-once"].explanation
    [floor, _] = item_to_json(mark)["parts"][0]["misconceptions"]
    assert (floor["explanation"], floor["lecture"]) == (entry.explanation, lecture)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", FAMILIES)
def test_a_translated_page_mixes_no_english_in(name, language):
    """The page says its language, and none of the page's own English sentences is left in it."""
    sheet = Sheet(
        "Quiz",
        "quiz-1",
        AN,
        (KeyItem("abcd-efgh", 0, 1, localize(bank.generate(name, 1), language)),),
        language,
    )
    page = EXPORTERS.get("html").export(exam.paper_of(sheet)).decode()
    assert f'<html lang="{language}"' in page
    visible = re.sub(r' value="[^"]*"', "", page[: page.index("<script")])  # what a checked box stands for
    left = [
        text for text in texts.of_pages() if text in visible and len(text.split()) > 2 and "%" not in text
    ]
    assert left == []


def test_every_sentence_of_the_script_is_said_through_the_dictionary():
    """A text outside `_("...")` would stay English; words that students type, and selectors, are no texts of the page."""
    for name in ("reader.js.j2", "page.js.j2"):
        source = (texts.TEMPLATES / name).read_text(encoding="utf-8")
        source = re.sub(r"/\*.*?\*/|(?m://.*$)", "", source, flags=re.DOTALL)
        source = re.sub(r'\b_\("(?:[^"\\]|\\.)*"', "", source)
        assert '_("' not in source
        for quoted, template in re.findall(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`', source):
            literal = (quoted or re.sub(r"\$\{[^}]*\}", "", template)).encode().decode("unicode_escape")
            typed = read(Field("shape", may_raise=True, may_be_undetermined=True), literal).ok
            selector = re.search(r"[.#][a-z]", literal)
            assert typed or selector or not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", literal), (name, literal)


@pytest.mark.parametrize("name", ["paper.html.j2", "item.html.j2"])
def test_every_word_of_the_page_is_in_a_text_for_translators(name):
    """No word stands in a template, or in a label or title of a tag, but through `_` or `trans`."""
    source = (texts.TEMPLATES / name).read_text(encoding="utf-8")
    bare = re.sub(
        r"\{% trans.*?%\}.*?\{% endtrans %\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL
    )
    labels = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', bare)
    words = re.sub(r"<[^>]*>", " ", bare)
    assert re.findall(r"[^\W\d_]+", " ".join([words, *labels])) == []


def test_the_command_writes_the_entries_that_are_missing(folder):
    """What it prints is a PO file to fill in; the exit code says whether there is work."""
    folder("x.po", [("Output length", "Độ dài đầu ra")])
    result = CliRunner().invoke(bank_app, ["texts", "window-count", "--language", "vi", "--points", "1"])
    assert result.exit_code == 1
    entries = list(read_po(io.BytesIO(result.stdout.encode()), locale="vi"))
    wanted = {entry.id for entry in entries if entry.id}
    assert wanted == texts.of_family(bank.get("window-count"), 1)
    assert all(entry.auto_comments == ["window-count"] for entry in entries if entry.id)
    folder("y.po", [(text, text) for text in wanted])
    languages.catalog.cache_clear()
    result = CliRunner().invoke(bank_app, ["texts", "window-count", "--language", "vi", "--points", "1"])
    assert (result.exit_code, result.stdout) == (0, "")
