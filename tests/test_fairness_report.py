"""Key sheets and the fairness report say what was issued, to the instructor only."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from question_bank import exam
from question_bank.blueprint import Blueprint, Slot, read_blueprint
from question_bank.blueprint_example import BLUEPRINT, QUESTION
from question_bank.fairness import report
from question_bank.issued import read_exam, read_sheets
from question_bank.keys import CourseKey
from question_bank.keysheets import keysheet
from question_bank.roster import Student

KEY = CourseKey(bytes(range(32)))


def students(rows, places):
    """Seat a class."""
    return tuple(
        Student(f"s{row}{place}", f"Student {row} {place}", row=str(row), seat=str(place))
        for row in range(1, rows + 1)
        for place in range(1, places + 1)
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The example blueprint with three versions, for two rows of four and one who stands."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "questions").mkdir()
    (folder / "questions" / "why-pad.toml").write_text(QUESTION, encoding="utf-8")
    (folder / "exam.toml").write_text(BLUEPRINT.replace('"per-student"\n', "3\n", 1), encoding="utf-8")
    class_ = (*students(2, 4), Student("late", "Late", language="vi"))
    made = exam.build(read_blueprint(folder / "exam.toml"), class_, KEY, folder / "out", ["html"])
    return made, class_, folder / "out"


class Text(HTMLParser):
    """The text of a page."""

    def __init__(self, page):
        super().__init__()
        self.text = ""
        self.feed(page)

    def handle_data(self, data):
        """Collect."""
        self.text += data


def test_there_is_a_key_sheet_for_each_version(built):
    """With every code, key, step, rule and named wrong answer, in the order of the paper; for its owner only."""
    made, _, out = built
    assert [path.name for path in made.keys] == ["A.html", "B.html", "C.html"]
    folder = out / "key" / "sheets"
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    for path in made.keys:
        assert oct(path.stat().st_mode & 0o777) == "0o600"
        page = path.read_text(encoding="utf-8")
        sheet = next(s for s in read_sheets(out).values() if s.version == path.stem and s.language == "en")
        codes = [item.id.upper() for item in sheet.shown]
        assert re.findall(r"<td><code>([^<]*)</code>", page) == codes
        text = Text(page).text
        for item in sheet.items:
            assert all(step.label.plain() in text for step in item.question.solution)
        assert "Key, credit: all-or-nothing" in text
        assert "Padding is added to height and width" in text
        assert "The first window is not counted" in text
        assert "<script" not in page
    assert not list((out / "papers").rglob("*key*"))


def test_a_key_sheet_is_the_same_each_time_and_for_each_student_where_papers_are(tmp_path):
    """Same sheet, same bytes; one a student where every student has a paper."""
    made = exam.build(
        Blueprint("Q", "q", (Slot("written-convolution"), Slot("conv-output-size"))),
        students(1, 2),
        KEY,
        tmp_path,
        ["json"],
    )
    assert [path.name for path in made.keys] == ["s11.html", "s12.html"]
    sheet = read_sheets(tmp_path)["s11"]
    assert keysheet(sheet) == keysheet(sheet) == made.keys[0].read_bytes()
    rubric = sheet.items[0].question.parts[0].answer.rubric
    text = Text(made.keys[0].read_text(encoding="utf-8")).text
    assert all(f"{line.text.plain()} ({line.points})" in text for line in rubric)


def test_the_report_counts_what_was_issued(built):
    """Versions, strata, steps, letters of keys and neighbours, each counted again here from the sheets."""
    made, _, out = built
    sheets, told = read_sheets(out), made.report.read_text(encoding="utf-8")
    assert oct(made.report.stat().st_mode & 0o777) == "0o600"
    uses = {name: sum(s.version == name for s in sheets.values()) for name in "ABC"}
    assert f"9 students, 3 versions: A {uses['A']}, B {uses['B']}, C {uses['C']}\n" in told
    for planned in read_exam(out).plan[:2]:
        radicals = ", ".join(f"{name} = {value}" for name, value in sorted(planned.radicals.items()))
        assert f"slots[0], conv-output-size with {radicals}: 3 different in 3 papers" in told
    letters = [
        next(s for s in sheets.values() if s.version == name).items[4].question.parts[0].answer.value
        for name in "ABC"
    ]
    counts = ", ".join(f"{letter} {letters.count(letter)}" for letter in "ABC")
    assert f"3 options, one right: {counts}\n" in told
    assert "  6 pairs side by side: 0 with the same version\n" in told
    assert "  4 pairs one behind the other: 0 with the same version\n" in told
    assert "  without a seat: late\n" in told
    assert "own/why-pad: 1 different in 3 papers" in told
    assert made.neighbours == () or {each.kind for each in made.neighbours} == {"across"}


def test_the_report_tells_what_is_shared(tmp_path):
    """A stratum that is too small for the class, with the numbers; and what was asked before."""
    blueprint = Blueprint(
        "Q", "q", (Slot("conv-output-size", radicals={"n": (8,), "s": (1,), "p": (0,), "d": (1,)}),)
    )
    made = exam.build(blueprint, students(1, 9), KEY, tmp_path, ["json"])
    [shortage] = made.shortages
    told = made.report.read_text(encoding="utf-8")
    assert "9 students, a paper for each" in told
    most = -(-9 // shortage.available)
    assert re.search(
        rf"1\. conv-output-size: \d items stand in more than one paper, at most in {most}\n", told
    )
    assert "no options are asked for" in told
    sheets = read_sheets(tmp_path)
    avoided = replace(read_exam(tmp_path), avoid=("0" * 64,))
    assert "Asked before, and not again\n  nothing of these strata\n" in report(
        avoided, sheets, students(1, 9)
    )


def test_whoever_hands_papers_out_has_a_table(tmp_path):
    """By seat; versions, extra time and large print of today's class list; for its owner only, safe in a spreadsheet."""
    class_ = (
        Student("9", "=Đạt", section="B", extra_time=25, large=True, row="1", seat="2"),
        Student("2", "An", language="vi"),
        Student("1", "Bình", row="A", seat="1"),
    )
    exam.build(Blueprint("Q", "q", (Slot("conv-output-size"),), versions=2), class_, KEY, tmp_path, ["html"])
    path = tmp_path / "key" / "class.csv"
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    version = {name: sheet.version for name, sheet in read_sheets(tmp_path).items()}
    assert path.read_text(encoding="utf-8-sig").splitlines() == [
        "row,seat,id,name,section,version,language,extra_time,large_print,file",
        f"A,1,1,Bình,,{version['1']},en,,,1",
        f"1,2,9,'=Đạt,B,{version['9']},en,25%,yes,9",
        f",,2,An,,{version['2']},vi,,,2",
    ]
    assert 'class="large"' in (tmp_path / "papers" / "9.html").read_text(encoding="utf-8")
    assert 'class="large"' not in (tmp_path / "papers" / "1.html").read_text(encoding="utf-8")


def test_versions_seats_and_past_exams_on_the_command_line(legrade, tmp_path):
    """A room by --seating, a past exam by --avoid; what is left, and neighbours who cannot differ, stand on stderr."""

    def build(*arguments):
        return legrade("exam", "build", *arguments, cwd=tmp_path)

    CourseKey.new(tmp_path / "course.key")
    head = 'title = "Q"\npaper = "q%d"\nversions = %d\n[[slots]]\nfamily = "conv-output-size"\n'
    (tmp_path / "one.toml").write_text(head % (1, 2), encoding="utf-8")
    (tmp_path / "two.toml").write_text(head % (2, 1), encoding="utf-8")
    (tmp_path / "class.csv").write_text("id,name\n1,An\n2,Bình\n3,Cúc\n", encoding="utf-8")
    (tmp_path / "rows.csv").write_text("id,row,seat\n1,A,1\n2,A,2\n3,A,3\n", encoding="utf-8")
    first = build(
        "one.toml", "--roster", "class.csv", "--out", "one", "--seating", "rows.csv", "--format", "json"
    )
    assert (first.returncode, first.stderr) == (0, "")
    assert (
        "  2 key sheets in key/sheets; who gets which paper in key/class.csv; how fair it is in one/key/fairness.txt"
        in first.stdout
    )
    versions = [sheet.version for sheet in read_sheets(tmp_path / "one").values()]
    assert versions[0] == versions[2] != versions[1]
    second = build(
        *("two.toml", "--roster", "class.csv", "--out", "two", "--format", "json"),
        *("--seating", "rows.csv", "--avoid", "one"),
    )
    assert second.returncode == 0
    assert (
        "2 of 2 pairs side by side have the same version; more versions, or other seats, help"
        in second.stderr
    )
    none = build("two.toml", "--roster", "class.csv", "--out", "x", "--avoid", "nothing")
    assert none.returncode == 2
    assert "nothing: holds no issued papers and no pool" in none.stderr
