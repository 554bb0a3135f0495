"""`legrade exam`: the loop on files, exit codes, and what is said when something is wrong."""

import json
import re

import pytest

BLUEPRINT = """title = "Quiz 1"
paper = "quiz-1"

[[slots]]
family = "conv-output-size"
count = 2

[[slots]]
family = "max-pool-by-hand"
points = 2.5
"""


@pytest.fixture
def exam(legrade):
    """Run `legrade exam` in a folder."""
    return lambda folder, *arguments: legrade("exam", *arguments, cwd=folder)


@pytest.fixture
def course(tmp_path):
    """A folder with a blueprint, a class list and a key."""
    (tmp_path / "exam.toml").write_text(BLUEPRINT, encoding="utf-8")
    (tmp_path / "class.csv").write_text("id,name\n1,Nguyễn Văn Án\n2,Bình\n", encoding="utf-8")
    from question_bank.keys import CourseKey

    CourseKey.new(tmp_path / "course.key")
    return tmp_path


def test_the_loop_from_a_blueprint_to_marks(exam, course):
    """Build, answer from the frozen key, mark: all points for one, "no response" for the other; the files are where it says."""
    built = exam(
        course, "build", "exam.toml", "--roster", "class.csv", "--out", "out", "--format", "html,json"
    )
    assert (built.returncode, built.stderr) == (0, "")
    assert built.stdout.splitlines()[0] == "2 papers issued."
    assert sorted(path.name for path in (course / "out" / "papers").iterdir()) == [
        "1.html",
        "1.json",
        "2.html",
        "2.json",
    ]
    from question_bank.issued import read_sheets

    answers = {
        f"{item.id}/a": item.question.parts[0].answer.show()
        for item in read_sheets(course / "out")["1"].items
    }
    response = {"paper": "quiz-1", "student": "1", "answers": answers}
    (course / "in").mkdir()
    (course / "in" / "responses-1.json").write_text(json.dumps(response), encoding="utf-8")
    marked = exam(course, "mark", "out", "in", "--out", "marks")
    assert (marked.returncode, marked.stderr) == (0, "")
    assert marked.stdout.splitlines()[0] == "Quiz 1: 1 marked, 1 no response"
    rows = (course / "marks" / "marks.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[1:] == [
        "1,Nguyễn Văn Án,marked,1,1,2.5,4.5,4.5,",
        "2,Bình,no response,0,0,0,0,4.5,no response",
    ]
    (course / "in" / "responses-2.json").write_text("{", encoding="utf-8")
    again = exam(course, "mark", "out", "in")
    assert again.returncode == 1
    assert "needs a person: 2: responses-2.json: not JSON, or cut off" in again.stderr
    assert (course / "out" / "marks" / "marks.json").exists()
    (course / "in" / "responses-2.json").rename(course / "in" / "whose.json")
    nobodys = exam(course, "mark", "out", "in")
    assert nobodys.returncode == 1  # somebody's answers are in it
    assert "not used: whose.json: not JSON, or cut off" in nobodys.stderr


def test_a_preview_shows_key_steps_and_mistakes(exam, course):
    """Three samples of every slot with all that an instructor checks."""
    shown = exam(course, "preview", "exam.toml")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.count("Sample ") == 6
    assert shown.stdout.count("Key: ") == 6
    heading = next(line for line in shown.stdout.splitlines() if line.startswith("slots[0]"))
    assert re.search(
        r"the same for all students: s = \d, p = \d, d = \d$", heading
    )  # never broken over lines
    for words in (
        "Quiz 1 (quiz-1)",
        "2 x conv-output-size",
        "Wrong answers with a name:",
        "Output length: ",
        "points each: 2.5",
    ):
        assert words in shown.stdout


def test_a_small_stratum_is_told_and_the_papers_are_written(exam, course):
    """The numbers stand on stderr; the exit code is 0."""
    (course / "class.csv").write_text("id,name\n" + "".join(f"{n},x\n" for n in range(400)), encoding="utf-8")
    (course / "exam.toml").write_text(
        BLUEPRINT.split('[[slots]]\nfamily = "max', maxsplit=1)[0], encoding="utf-8"
    )
    built = exam(course, "build", "exam.toml", "--roster", "class.csv", "--out", "out", "--format", "json")
    assert built.returncode == 0
    assert "400 papers issued." in built.stdout
    assert "different items needed" in built.stderr
    assert "so some students share items" in built.stderr


WRONG = {
    "no key": (
        ["preview", "exam.toml", "--key", "no.key"],
        "no.key: there is no course key; make one with `legrade key new no.key`",
    ),
    "no blueprint": (["preview", "nope.toml"], "nope.toml: cannot be read"),
    "no roster": (["build", "exam.toml", "--roster", "nope.csv", "--out", "out"], "nope.csv: cannot be read"),
    "format": (
        ["build", "exam.toml", "--roster", "class.csv", "--out", "out", "--format", "htm"],
        "unknown format 'htm': did you mean html?",
    ),
    "no format": (
        ["build", "exam.toml", "--roster", "class.csv", "--out", "out", "--format", ","],
        "unknown format ','",
    ),
    "out is a file": (
        ["build", "exam.toml", "--roster", "class.csv", "--out", "class.csv"],
        "give --out a folder of your own",
    ),
    "nothing built": (["mark", ".", "."], "holds no issued papers"),
    "family": (
        ["preview", "family.toml"],
        "slots[0].family: unknown family 'conv-outputsize': did you mean conv-output-size",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG.keys())
def test_wrong_usage_is_one_line_and_exit_code_2(exam, course, arguments, message):
    """What, got, expected, next step; never a traceback."""
    (course / "family.toml").write_text(
        BLUEPRINT.replace("conv-output-size", "conv-outputsize"), encoding="utf-8"
    )
    result = exam(course, *arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_new_exam_builds_as_it_stands(exam, tmp_path):
    """From an empty folder: new, key, preview, build; the papers have every section, in two languages; nothing is overwritten."""
    made = exam(tmp_path, "new", "mid.toml")
    assert (made.returncode, made.stderr) == (0, "")
    assert "Next: legrade key new course.key, then legrade exam preview mid.toml" in made.stdout
    again = exam(tmp_path, "new", "mid.toml")
    assert again.returncode == 2
    assert "mid.toml: is there already; name another file, nothing is overwritten" in again.stderr
    from question_bank.keys import CourseKey

    CourseKey.new(tmp_path / "course.key")
    shown = exam(tmp_path, "preview", "mid.toml", "--samples", "1")
    assert (shown.returncode, shown.stderr) == (0, "")
    for words in (
        "slots[0]: 2 x conv-output-size",
        "slots[3]: 1 x question why-pad",
        "Padding is added to height and width",
    ):
        assert words in shown.stdout
    (tmp_path / "class.csv").write_text("id,name,language\n1,An,\n2,Bình,vi\n", encoding="utf-8")
    built = exam(tmp_path, "build", "mid.toml", "--roster", "class.csv", "--out", "out")
    assert (built.returncode, built.stderr) == (0, "")
    page = (tmp_path / "out" / "papers" / "2.html").read_text(encoding="utf-8")
    for words in ("<h2>Kích thước</h2>", "<h2>Tính tay và bằng lời</h2>", "Đầu ra lớn bằng đầu vào"):
        assert words in page
