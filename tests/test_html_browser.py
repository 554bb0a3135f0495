"""The page in a real browser: its reader agrees with the marker's, the whole loop gives right marks, nothing needs a network."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograder.cli import app
from question_bank import exam, marking
from question_bank.answers import (
    Array,
    Choice,
    Choices,
    Expression,
    Integer,
    Number,
    Raises,
    Shape,
    Undetermined,
)
from question_bank.blueprint import Blueprint, Slot
from question_bank.exporters import html
from question_bank.issued import KeyItem, Sheet, read_sheets, write_sheet
from question_bank.keys import CourseKey
from question_bank.message import Message
from question_bank.model import Part, Question, Table, Wrong
from question_bank.readings import read
from question_bank.roster import Student
from question_bank.values import Expr, Field, Grid, Raised

ROWS = json.loads(Path(__file__).with_name("answer_readings.json").read_text(encoding="utf-8"))
AN = Student("B21-0042", "Nguyễn Văn Án")


@pytest.fixture(scope="module")
def reader(browser):
    """The page's reader: a field and texts -> [ok, shown, problem] each."""
    page = browser.new_page()
    page.add_script_tag(content=html._asset("reader.js.j2"))
    call = "([field, texts]) => texts.map((t) => read(field, t)).map((r) => [r.ok, r.shown, r.problem])"
    yield lambda field, texts: page.evaluate(call, [json.loads(html._field_json(field)), texts])
    page.close()


def field_of(row):
    """Return the field that a row of the table is read for."""
    return Field(
        row["kind"],
        unit=row.get("unit", ""),
        options=tuple(row.get("options", ())),
        may_raise=row.get("may_raise", False),
        may_be_undetermined=row.get("may_be_undetermined", False),
        symbols=tuple(row.get("symbols", ())),
    )


@pytest.mark.parametrize("row", ROWS, ids=[f"{i}-{row['kind']}" for i, row in enumerate(ROWS)])
def test_the_page_reads_every_row_of_the_table_as_the_marker_does(reader, row):
    """Both are tested against one table, `answer_readings.json`."""
    assert reader(field_of(row), [row["text"]]) == [[row["ok"], row["shown"], row["problem"]]]


PIECES = st.sampled_from(
    [
        *"0123456789+-−–.,;:xX×*/|=()[]{}_'’eEaAbBcC ",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        "\u00a0",
        "\u202f",
        "12",
        "1,234",
        "3/4",
        "px",
        "parameters",
        "điểm ảnh",
        "Tham số",
        "bước",
        "%",
        "torch.Size",
        "tensor",
        "np.array",
        ", dtype=int",
        "raises an error",
        "Lỗi",
        "ſ",
        "ı",
        "K",
        "🙂",
        "e\u0301",
        *"\\$^\u230a\u230b\u2308\u2309\u00b2\u2075\u207b\u2081\u00b7\u00f7\u03c3",
        "v1",
        "w_1",
        "floor(",
        "max(",
        "exp(",
        "\\frac{",
        "\\left(",
        "}{",
        "//",
        "**",
    ]
)
TYPED = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=12)
FIELDS = st.builds(
    Field,
    st.sampled_from(
        ["integer", "number", "shape", "array", "choice", "choices", "text", "expression", "expression"]
    ),
    options=st.just(("13", "14", "15")),
    unit=st.sampled_from(["", "px", "%", "bước"]),
    may_raise=st.booleans(),
    may_be_undetermined=st.booleans(),
    symbols=st.sampled_from([("v1", "w_1", "a", "A", "b"), ("x", "xX", "v1")]),
)


@given(field=FIELDS, texts=st.lists(TYPED, min_size=20, max_size=60))
@settings(max_examples=60, deadline=None)
def test_the_page_reads_anything_as_the_marker_does(reader, field, texts):
    """Whatever is typed, both sides read the same and show the same."""
    expected = [read(field, text) for text in texts]
    assert reader(field, texts) == [[r.ok, r.shown, r.problem] for r in expected]


def open_paper(page, folder, sheet):
    """Freeze a sheet in `folder`, and open its page."""
    write_sheet(folder, sheet)
    file = folder / f"{sheet.student.id}.html"
    file.write_bytes(html.to_html(exam.paper_of(sheet)))
    page.goto(file.as_uri())


def save(page, folder):
    """Press the button that saves; return the file that the page wrote."""
    with page.expect_download() as download:
        page.locator("#save").press("Enter")
    file = folder / "handed-in" / download.value.suggested_filename
    download.value.save_as(file)
    return file


def part(page, key):
    """Return the fields of one part."""
    return page.locator(f"[data-key='{key}']")


GRID = Grid((2, 3), (1, -2, 3, 4, 5, 6))
PLANES = Grid((2, 2, 2), tuple(range(8)))


@pytest.fixture
def sheet():
    """A paper with a field of every kind that can be marked."""
    shape = Shape((1, 6), axes=("batch", "classes"))
    parts = (
        Integer(14, unit="px"),
        Number(3),
        shape,
        Array(GRID),
        Array(GRID, show_size=True),
        Array(PLANES, show_size=True),
        Choice(("13", "14", "15"), "B"),
        Raises(shape.field),
        Raises(Choice(("13", "14"), "A").field),
        Choices(("$n + 1$", "`x`", "14"), "AC"),
        Undetermined(shape.field),
    )
    asked = tuple(
        Part(
            answer,
            Message(f"Part {i}"),
            may_raise=isinstance(answer, Raises),
            may_be_undetermined=isinstance(answer, Undetermined),
        )
        for i, answer in enumerate(parts)
    )
    stem = Message("An input of $n = {n}$ pixels & `<b>`; </script> $s = {s}$.", {"n": 28, "s": -2})
    question = Question(
        "test", 1, {}, stem, asked, code="x = 1 < 2\n", tables=(Table(Message("Image"), PLANES),)
    )
    return Sheet("Quiz <1>", "quiz-1", AN, (KeyItem("abcd-efgh", 0, 9, question),))


TYPED_RIGHT = {
    "a": "14 px",
    "b": "3,0",
    "c": "1x6",
    "d": "1 -2 3\n4 5 6",
    "e": "1 −2 3 4 5 6",
    "f": "0 1 2 3 4 5 6 7",
}


def answer_all(page, raises="This raises an error", undetermined="This cannot be determined"):
    """Type the right answer into every field of `sheet`."""
    for letter, text in TYPED_RIGHT.items():
        field = part(page, f"abcd-efgh/{letter}")
        cells = field.locator("table.grid input").all()
        for cell, word in zip(cells, text.split(), strict=False):
            cell.fill(word)
        if not cells:
            field.locator("input, textarea").fill(text)
    part(page, "abcd-efgh/g").get_by_role("radio", name="B 14").check()
    for letter in "hi":
        part(page, f"abcd-efgh/{letter}").get_by_role("checkbox", name=raises).check()
    for box in part(page, "abcd-efgh/j").get_by_role("checkbox").all()[::2]:
        box.check()
    part(page, "abcd-efgh/k").get_by_role("checkbox", name=undetermined).check()


def test_a_vietnamese_page_speaks_vietnamese_and_earns_the_same(page, tmp_path, sheet):
    """Readings, problems and what the page tells are in its language; what it saves is marked as an English page's."""
    open_paper(page, tmp_path, replace(sheet, language="vi"))
    assert page.locator("#status").text_content() == "Đã trả lời 0 trên 11."
    for letter, text, shown in (
        ("a", "14 tham số", "14, đọc là số nguyên"),
        ("a", "x", "không đọc được là số: hãy viết chẳng hạn 24, 0.5 hoặc 3/4"),
        ("b", "3,25", "3.25, đọc là số"),
        ("c", "32x24x24", "(32, 24, 24), đọc là kích thước"),
        ("d", "1 2\n3 4", "[[1, 2], [3, 4]], đọc là mảng có kích thước (2, 2)"),
    ):
        part(page, f"abcd-efgh/{letter}").locator("input, textarea").first.fill(text)
        assert part(page, f"abcd-efgh/{letter}").locator(".reading").text_content() == shown
    answer_all(page, "Báo lỗi", "Không xác định được")
    assert part(page, "abcd-efgh/e").locator(".reading").text_content() == "cả 6 ô đều đọc được là số"
    assert part(page, "abcd-efgh/j").locator(".reading").text_content() == "các lựa chọn A, C"
    assert part(page, "abcd-efgh/k").locator(".reading").text_content() == "không xác định được"
    file = save(page, tmp_path)
    told = page.locator("#status").text_content()
    assert told == f"Đã lưu {file.name} với 11 trên 11 câu trả lời: hãy nộp tệp này."
    [mark] = marking.mark(tmp_path, file).students
    assert {p.part: p.outcome for p in mark.items[0].parts} == dict.fromkeys("abcdefghijk", "right")
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{", encoding="utf-8")
    page.get_by_label("Mở lại bài làm đã lưu").set_input_files(wrong)
    page.wait_for_function("document.getElementById('status').textContent.includes('wrong.json')")
    assert page.locator("#status").text_content() == "Không mở được wrong.json: đây không phải tệp bài làm."


def test_a_field_of_every_kind_is_saved_as_the_marker_reads_it(page, tmp_path, sheet):
    """Right answers typed in every kind of field earn all points from the file that the page saves."""
    open_paper(page, tmp_path, sheet)
    answer_all(page)
    file = save(page, tmp_path)
    assert file.name == "responses-B21-0042.json"
    [mark] = marking.mark(tmp_path, file).students
    assert {p.part: p.outcome for p in mark.items[0].parts} == dict.fromkeys("abcdefghijk", "right")
    assert (
        page.locator("#status").text_content()
        == f"Saved {file.name} with 11 of 11 answers: hand in this file."
    )


def test_an_expression_is_typed_shown_and_marked_in_any_form(page, tmp_path):
    """The page writes out what it read; the marker reads the saved text the same way, and names the mistake."""
    answer = Expression("v1*w1 + v2*w2 + b", ("v1", "v2", "w1", "w2", "b"))
    parts = tuple(Part(answer, Message(f"Output {i}")) for i in (1, 2))
    wrong = (Wrong("bias-forgotten", 1, Expr("v1*w1 + v2*w2")),)
    question = Question("expressions", 1, {}, Message("Write two outputs."), parts, wrong=wrong)
    sheet = Sheet("Quiz", "quiz-1", AN, (KeyItem("abcd-efgh", 0, 2, question),))
    open_paper(page, tmp_path, sheet)
    for letter, text, shown in (
        ("a", "v1 +", "not read as an expression: write for example 2*(n + 1) or v1*w1 + b"),
        ("a", "b + w_{2}v_{2} + v_1 \\cdot w_1", "b + w2*v2 + v1*w1 read as an expression"),
        ("b", "w\u2081v\u2081 + w\u2082v\u2082", "w1*v1 + w2*v2 read as an expression"),
    ):
        part(page, f"abcd-efgh/{letter}").locator("input").fill(text)
        assert part(page, f"abcd-efgh/{letter}").locator(".reading").text_content() == shown
    [mark] = marking.mark(tmp_path, save(page, tmp_path)).students
    first, second = mark.items[0].parts
    assert (first.outcome, second.outcome) == ("right", "wrong")
    assert second.misconceptions == ("bias-forgotten",)


def test_under_each_field_stands_how_it_was_read(page, tmp_path, sheet):
    """Readings and problems are shown while typing, and a problem is told again when saving."""
    open_paper(page, tmp_path, sheet)
    for letter, text, shown in (
        ("a", "14 px", "14 read as a whole number"),
        ("c", "32x24x24", "(32, 24, 24) read as a shape"),
        ("d", "1 2\n3", "the rows have different lengths"),
    ):
        part(page, f"abcd-efgh/{letter}").locator("input, textarea").first.fill(text)
        assert part(page, f"abcd-efgh/{letter}").locator(".reading").text_content() == shown
    cells = part(page, "abcd-efgh/e").locator("table.grid input")
    cells.nth(1).fill("5")
    assert part(page, "abcd-efgh/e").locator(".reading").text_content() == "1 of 6 cells read as numbers"
    cells.nth(2).fill("five")
    assert "a cell is not read as a number" in part(page, "abcd-efgh/e").locator(".reading").text_content()
    assert cells.nth(2).get_attribute("aria-invalid") == "true"
    save(page, tmp_path)
    assert (
        "question 1d, 1e could not be read: mend it and save again" in page.locator("#status").text_content()
    )


def test_cells_left_open_cost_only_themselves(page, tmp_path, sheet):
    """A grid with four right cells, one wrong and one open earns four sixths."""
    open_paper(page, tmp_path, sheet)
    for place, text in enumerate(["1", "", "3", "4", "9", "6"]):
        part(page, "abcd-efgh/e").locator("table.grid input").nth(place).fill(text)
    [mark] = marking.mark(tmp_path, save(page, tmp_path)).students
    [got] = [p for p in mark.items[0].parts if p.part == "e"]
    assert (got.outcome, str(got.fraction), got.shown) == ("partly", "2/3", "5 of 6 cells read as numbers")


def test_answers_are_still_there_after_the_page_was_closed(page, tmp_path, sheet):
    """What was typed is kept in the browser, for this paper and student alone, and can be opened from the file."""
    open_paper(page, tmp_path, sheet)
    answer_all(page)
    first = json.loads(save(page, tmp_path).read_text(encoding="utf-8"))
    page.reload()
    file = save(page, tmp_path)
    assert json.loads(file.read_text(encoding="utf-8")) == first
    page.evaluate("localStorage.clear()")
    page.reload()
    assert page.locator("#status").text_content() == "0 of 11 answered."
    page.get_by_label("Open saved answers").set_input_files(file)
    page.wait_for_function("document.getElementById('status').textContent.startsWith('Opened')")
    assert json.loads(save(page, tmp_path).read_text(encoding="utf-8")) == first


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"paper": "quiz-2", "student": "B21-0042", "answers": {}}', "it is of another paper"),
        ("{", "it is no file of answers"),
    ],
    ids=["other paper", "cut off"],
)
def test_a_file_that_is_not_this_papers_is_not_opened(page, tmp_path, sheet, text, reason):
    """Opening the wrong file says why and changes nothing."""
    open_paper(page, tmp_path, sheet)
    wrong = tmp_path / "wrong.json"
    wrong.write_text(text, encoding="utf-8")
    page.get_by_label("Open saved answers").set_input_files(wrong)
    page.wait_for_function("document.getElementById('status').textContent.includes('not opened')")
    assert page.locator("#status").text_content() == f"wrong.json was not opened: {reason}."


def test_an_array_pasted_into_a_grid_fills_its_cells(page, tmp_path, sheet):
    """What NumPy prints can be pasted as a whole."""
    open_paper(page, tmp_path, sheet)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    field = part(page, "abcd-efgh/e")
    field.locator("table.grid input").first.focus()
    page.evaluate(
        "(text) => { const data = new DataTransfer(); data.setData('text', text); document.activeElement.dispatchEvent("
        "new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }",
        "[[1, -2, 3],\n [4, 5, 6]]",
    )
    assert [cell.input_value() for cell in field.locator("table.grid input").all()] == [
        "1",
        "-2",
        "3",
        "4",
        "5",
        "6",
    ]


def test_the_whole_loop_by_keyboard_gives_the_right_marks(page, tmp_path):
    """Build with real families, answer with Tab and keys alone, save, `exam mark` the file: all points; nobody else has any."""
    families = (
        "conv-output-size",
        "conv-parameters",
        "stack-output-shape",
        "max-pool-by-hand",
        "conv-by-hand",
    )
    blueprint = Blueprint("Quiz", "quiz-1", tuple(Slot(name) for name in families))
    CourseKey.new(tmp_path / "course.key")
    exam.build(
        blueprint, (AN, Student("2", "Bình")), CourseKey.load(tmp_path / "course.key"), tmp_path / "out"
    )
    items = read_sheets(tmp_path / "out")[AN.id].items
    page.goto((tmp_path / "out" / "papers" / f"{AN.id}.html").as_uri())
    keys = {f"{item.id}/a": item.question.parts[0].answer for item in items}
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "[document.activeElement.closest('[data-key]')?.dataset.key, document.activeElement.type]"
        )
        answer = keys.get(here[0])
        if here[1] == "checkbox" and answer is not None and isinstance(answer.value, Raised):
            page.keyboard.press("Space")
        elif here[1] in {"text", "textarea"} and not isinstance(answer.value, Raised):
            page.keyboard.type(answer.show())
        elif page.evaluate("document.activeElement.id") == "save":
            break
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    result = CliRunner().invoke(app, ["exam", "mark", str(tmp_path / "out"), str(file)])
    assert result.exit_code == 0, result.output
    rows = (tmp_path / "out" / "marks" / "marks.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[1:] == [
        "2,Bình,no response,0,0,0,0,0,0,5,no response",
        "B21-0042,Nguyễn Văn Án,marked,1,1,1,1,1,5,5,",
    ]


def test_without_script_the_paper_is_complete(browser, tmp_path, sheet):
    """Every question, formula and field can be read and printed; the page says what needs script."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_paper(page, tmp_path, sheet)
    assert page.get_by_text("Script is off").is_visible()
    assert not page.get_by_text("Save my answers").is_visible()
    assert page.locator("math").count() >= 2
    assert page.locator("input[type=text]").count() == 4 + 1 + 6 + 8
    context.close()


def test_the_printed_page_has_no_buttons(page, tmp_path, sheet):
    """On paper stand questions and fields."""
    open_paper(page, tmp_path, sheet)
    page.emulate_media(media="print")
    assert not page.locator("#save").is_visible()
    assert not page.get_by_text("Open saved answers").is_visible()
    assert page.get_by_role("heading", name="Question 1").is_visible()


def test_the_policy_forbids_the_network(browser, tmp_path, sheet):
    """Even a script in the page could not send anything anywhere."""
    page = browser.new_page()
    open_paper(page, tmp_path, sheet)
    violation = page.evaluate(
        "new Promise((done) => { document.addEventListener('securitypolicyviolation', (e) => done(e.effectiveDirective));"
        " fetch('https://example.org/').catch(() => {}); })"
    )
    assert violation == "connect-src"
    page.close()
