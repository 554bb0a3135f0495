"""Zips of feedback, read back by the importers' own rules: every page reaches its student, whatever anybody is called."""

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograder.cli import app
from autograder.feedback_names import members
from autograder.feedback_page import to_html as notebook_page
from autograder.model import Grade, Outcome, TestResult
from autograder.results import to_json
from question_bank import feedback_zips
from question_bank.answers import Integer
from question_bank.errors import QuestionBankError, ResponseError, RosterError
from question_bank.feedback_names import canvas, moodle, page_name
from question_bank.feedback_zips import names_of, packed
from question_bank.issued import KeyItem, Sheet, write_sheet
from question_bank.message import Message
from question_bank.model import Part, Question
from question_bank.roster import Student

# How Moodle and Canvas read names, written down from their sources and sharing nothing with ours


def moodle_reads(path, participants, *, version=4):
    """Return (student, name of the feedback) as Moodle's importer does, or None: `is_valid_filename_for_import`.

    Until 3.0 it looked at the file's own name; since then at each part of the path, below the folder `/import/`.
    """
    parts = path.split("/")
    if path.endswith("/") or parts[-1][:1] in {".", "~"}:
        return None
    for at, part in enumerate(parts[-1:] if version < 3.1 else ["", "import", *parts]):
        info = part.split("_", 4)
        if len(info) < (5 if version < 3.1 else 4) or not re.fullmatch(
            r"\s*[+-]?\d+(\.\d*)?", info[1], re.ASCII
        ):
            continue
        number = int(float(info[1]))
        if number not in participants or (info[2], info[3]) not in {
            ("assignfeedback", "file"),
            ("assignsubmission", "file"),
        }:
            continue
        rest = [*(info[4:] or [""]), *(parts[at - 1 :] if version >= 3.1 else [])]
        return participants[number], "/".join(rest)
    return None


def canvas_reads(path, users, files):
    """Return the student as Canvas's importer does, or None: `infer_comment_context_from_filename`.

    `users` is the class by number; `files` has the numbers of the files that each handed in.
    """
    name = path.rpartition("/")[2]
    parts = [part for part in name.split("_") if part != "LATE"]
    if parts[0] == "anon":
        return None  # no number of the class is an anonymous one
    numbers = [part for part in parts if re.fullmatch(r"[0-9]+", part)][:2]
    if len(numbers) < 2 or parts[-1].startswith("link") or name.startswith("._"):
        return None
    user, file = map(int, numbers)
    return users[user] if user in users and file in files[user] else None


def canvas_names(name, user, file, shown, *, late=False):
    """Name a file as Canvas's "Download submissions" does: `get_filename`, `sanitize_user_name`."""
    plain = re.sub(r"_(\d+)_", r"\1", name).lower()
    start = re.sub(r"\W", "", "_".join([plain, *(["LATE"] if late else []), str(user)]))
    return f"{start}_{file}_{_NOT_IN_FILES.sub('_', shown)}"


_NOT_IN_FILES = re.compile('[\x00/\\\\:*?<>|"]+')


# Classes

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Co", "Cn"])
PEOPLE = st.sampled_from(
    [
        *("Zoë Müßig", "Nguyễn Thị Ánh", "Seán O'Brien", "d’Arc, Jeanne", "a_b_c", "12", "x_12_y", "7_8", "LATE", "Anon", "anon"),
        *("../..", "~tilde", ".hidden", "Li, Li", "a/b\\c", "<b>x</b>", "李明", "محمد", "A" * 190, "Student_34", "link", "..", "CON"),
    ]
) | st.text(LETTERS, min_size=1, max_size=20).map(lambda text: text.strip() or "x")  # fmt: skip


@st.composite
def classes(draw):
    """Draw a class: (id, name, number) of each, names often equal."""
    names = draw(st.lists(PEOPLE, min_size=1, max_size=6))
    numbers = draw(st.lists(st.integers(1, 10**9), min_size=len(names), max_size=len(names), unique=True))
    return [(f"B{at}", name, number) for at, (name, number) in enumerate(zip(names, numbers, strict=True))]


def table(header, rows):
    """Write a list as a course system does."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([header, *rows])
    return stream.getvalue()


def worksheet(people):
    """Write a grading worksheet of Moodle."""
    return table(
        ["Identifier", "Full name", "ID number", "Status", "Grade"],
        [[f"Participant {number}", name, one, "Submitted", ""] for one, name, number in people],
    )


def gradebook(people):
    """Write a gradebook of Canvas."""
    return table(
        ["Student", "ID", "SIS User ID", "Section"],
        [["    Points Possible", "", "", ""], *([name, number, one, "A"] for one, name, number in people)],
    )


def zipped(names):
    """Read back the names of the zip that holds a page under each."""
    with zipfile.ZipFile(io.BytesIO(packed(dict.fromkeys(names, b"x")))) as archive:
        return archive.namelist()


@given(classes(), st.text(LETTERS, min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_moodle_gives_every_page_to_its_student(people, paper):
    """By the rules of today and those before 3.1; the student sees the page under one name."""
    ids = [one for one, _, _ in people]
    found = moodle(ids, paper, worksheet(people))
    assert (found.left, found.paperless) == ((), ())
    names = zipped(found.names.values())
    assert sorted(names) == sorted(set(found.names.values()))
    participants = {number: one for one, _, number in people}
    for version in (3.0, 4):
        read = [moodle_reads(name, participants, version=version) for name in names]
        assert sorted(read) == sorted((one, page_name(paper)) for one in ids)
    assert all("/" not in name and len(name.encode()) < 255 + 200 for name in names)


@given(classes(), st.data())
@settings(max_examples=60, deadline=None)
def test_canvas_gives_every_page_to_its_student(people, data):
    """Beside a file that each handed in, late or not, whatever the file is called; who handed in none is told."""
    shown = st.sampled_from(
        ["responses-B0.json", "2024_11_final.json", "text.html", "link.html", "my_link.html", "7.json"]
    )
    given_in, files = [], {number: set() for _, _, number in people}
    for _, name, number in people:
        for _ in range(data.draw(st.integers(0, 2))):
            file = data.draw(st.integers(10**10, 10**11))
            files[number].add(file)
            given_in.append(canvas_names(name, number, file, data.draw(shown), late=data.draw(st.booleans())))
    given_in.append("._resource_1_2_x.json")
    ids = [one for one, _, _ in people]
    found = canvas(ids, "quiz-1", gradebook(people), given_in, id_column="SIS User ID")
    users = {number: one for one, _, number in people}
    names = zipped(found.names.values())
    assert {canvas_reads(name, users, files) for name in names} == set(found.names)
    assert len(names) == len(found.names)
    handed_in = {one for one, _, number in people if files[number]}
    assert set(found.names) == handed_in
    assert dict(found.left) == dict.fromkeys(
        set(ids) - handed_in, "handed in no file there, beside which Canvas could put the page"
    )


def test_the_importers_read_names_as_their_own_tests_say():
    """Moodle's examples, and Canvas's from its documentation."""
    assert moodle_reads("Student Name_12_assignsubmission_file_My_cool_filename.txt", {12: "s"}) == (
        "s",
        "My_cool_filename.txt",
    )
    assert moodle_reads("x/Student Name_12_assignsubmission_file_/some_path/My File.txt", {12: "s"}) == (
        "s",
        "/some_path/My File.txt",
    )
    assert moodle_reads("Student Name_StringID_assignsubmission_file_a.txt", {12: "s"}) is None
    assert moodle_reads("Student Name_112_assignsubmission_file_a.txt", {12: "s"}) is None
    assert moodle_reads("Student Name_12_assignsubmission_noplugin_a.txt", {12: "s"}) is None
    assert moodle_reads("~hidden_12_assignsubmission_file_a.txt", {12: "s"}) is None
    assert (
        canvas_reads("smithbob_340934_208490284_BobsWork.zip", {340934: "bob"}, {340934: {208490284}})
        == "bob"
    )
    assert (
        canvas_reads("smithbob_LATE_340934_208490284_x.zip", {340934: "bob"}, {340934: {208490284}}) == "bob"
    )
    assert canvas_reads("smithbob_340934_link.html", {340934: "bob"}, {340934: {1}}) is None


def test_names_are_as_a_person_expects_them():
    """One example of each layout, with names that hold what file names cannot."""
    people = [("B1", "Zoë_O'Neil", 501), ("B2", "12", 502)]
    assert list(moodle(["B1", "B2"], "quiz_1", worksheet(people)).names.values()) == [
        "Zoë ONeil_501_assignfeedback_file_quiz-1-feedback.html",
        "12_502_assignfeedback_file_quiz-1-feedback.html",
    ]
    files = [
        "zoëoneil_LATE_501_60213_responses-B1.json",
        "zoëoneil_501_60199_old.json",
        "12_502_60300_x.json",
    ]
    found = canvas(["B1", "B2"], "quiz_1", gradebook(people), files, id_column="sis user id")
    assert list(found.names.values()) == [
        "zoëoneil_501_60199_quiz-1-feedback.html",
        "student_502_60300_quiz-1-feedback.html",
    ]


def test_who_cannot_be_found_is_told_with_the_reason():
    """Not in the list, no number, no file, text instead of a file; and who is in the list without a page."""
    people = [("B1", "A", 501), ("B2", "B", 502), ("B3", "C", 503)]
    found = moodle(["B1", "B9"], "q", worksheet(people).replace("Participant 501", "Participant"))
    assert found.left == (
        ("B1", "has no number in the column Identifier"),
        ("B9", "is not in the class list"),
    )
    assert found.paperless == ("B2", "B3")
    files = ["b_502_text.html", "c_503_77_x.json", "anon_XyZ12_55_x.json"]
    left = canvas(["B1", "B2", "B3"], "q", gradebook(people), files, id_column="sis user id").left
    assert left == (
        ("B1", "handed in no file there, beside which Canvas could put the page"),
        ("B2", "handed in text or a link there: Canvas puts a page beside a file only"),
    )


@pytest.mark.parametrize(
    ("form", "roster", "message"),
    [
        ("moodle", "id,name\n7,A\n", "got the columns 'id,name', expected the grading worksheet of the assignment (Submissions,"),
        ("moodle", "Identifier,Status\nParticipant 1,x\n", "while students are anonymous it has no names: reveal them first"),
        (
            "moodle",
            "Identifier,Full name,ID number\nParticipant 5,A,7\nParticipant 5,B,8\n",
            "roster: Identifier: got '5' for 7 and 8, expected another number for each; export the list again",
        ),
        ("moodle", "Identifier,Full name,ID number\nParticipant 5,,7\n", "mend the list first: legrade roster check"),
        ("canvas", "id,name\n7,A\n", "expected the gradebook that Canvas exports (Grades, Export)"),
        (
            "canvas",
            "Student,ID,SIS User ID,Section\nA,5,7,\nB,5,8,\n",
            "roster: ID: got '5' for 7 and 8, expected another number for each; export the list again",
        ),
    ],
)  # fmt: skip
def test_a_list_that_cannot_tell_who_is_who_is_refused(form, roster, message):
    """What was got, what is expected, the next step: a page must not reach another student."""
    files = (["a_5_6_x.json"],) if form == "canvas" else ()
    name = {"moodle": moodle, "canvas": canvas}[form]
    with pytest.raises(RosterError, match=re.escape(message)):
        name(["7"], "q", roster, *files, id_column="SIS User ID" if "SIS" in roster else "")


def test_anonymous_submissions_are_refused():
    """Nobody can tell whose they are, and a guess by what they hold could be the work of another."""
    with pytest.raises(
        RosterError,
        match=r"the submissions are anonymous: .* post the grades, or switch anonymous grading off",
    ):
        canvas(["7"], "q", gradebook([("7", "A", 7)]), ["anon_XyZ12_55_responses-7.json"])


@given(st.lists(st.text(alphabet="aB_-.0123456789/LATEanonlinkx", max_size=30), max_size=8))
def test_any_names_of_submissions_give_each_student_a_page_or_a_reason(names):
    """Never a number that is not of this student's own files."""
    people = [("B1", "A", 12), ("B2", "B", 345)]
    try:
        found = canvas(["B1", "B2"], "q", gradebook(people), names, id_column="SIS User ID")
    except RosterError:
        return
    assert sorted([*found.names, *(one for one, _ in found.left)]) == ["B1", "B2"]
    for one, name in found.names.items():
        user, file = re.fullmatch(r"[ab]_(\d+)_(\d+)_q-feedback\.html", name).groups()
        assert user == {"B1": "12", "B2": "345"}[one]
        assert any(re.search(rf"(?:^|_){user}_(?:LATE_)*0*{file}(?:_|$)", given) for given in names)


# The archives


def test_a_zip_has_the_same_bytes_whatever_the_order_and_the_time():
    """Sorted, without dates, as whole files."""
    one, other = {"b_1.html": b"1", "é.html": b"2"}, {"é.html": b"2", "b_1.html": b"1"}
    assert packed(one) == packed(other)
    with zipfile.ZipFile(io.BytesIO(packed(one))) as archive:
        assert archive.testzip() is None
        assert [(entry.filename, entry.date_time) for entry in archive.infolist()] == [
            ("b_1.html", (1980, 1, 1, 0, 0, 0)),
            ("é.html", (1980, 1, 1, 0, 0, 0)),
        ]


def test_names_are_read_from_a_zip_or_its_folder_and_no_file_is_opened(tmp_path):
    """A bomb is as good as a file; folders are no submissions."""
    path = tmp_path / "submissions.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a_1_2_x.json", b"0" * 20_000_000)
        archive.writestr("folder/", b"")
        archive.writestr("folder/é_3_4_y.json", b"")
    assert names_of(path) == ("a_1_2_x.json", "folder/é_3_4_y.json")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a_1_2_x.json").write_bytes(b"")
    assert names_of(tmp_path / "out") == ("a_1_2_x.json",)


def test_what_is_no_zip_is_refused_with_the_next_step(tmp_path, monkeypatch):
    """Missing, cut off, something else, or with more names than a class has."""
    with pytest.raises(ResponseError, match=r"none\.zip: there is nothing; give the zip that Canvas gave"):
        names_of(tmp_path / "none.zip")
    path = tmp_path / "s.zip"
    whole = packed({f"a_{at}_1_x.json": b"" for at in range(9)})
    for data in (b"", b"PK", b"no zip", whole[: len(whole) // 2], whole[:-10]):
        path.write_bytes(data)
        with pytest.raises(
            ResponseError, match=r"s\.zip: cannot be read as a zip \(.*\); download the submissions again"
        ):
            names_of(path)
    path.write_bytes(whole)
    monkeypatch.setattr(feedback_zips, "MAX_NAMES", 8)
    with pytest.raises(ResponseError, match=r"lists more than 8 files"):
        names_of(path)
    monkeypatch.setattr(feedback_zips, "MAX_DIRECTORY", 30)
    with pytest.raises(ResponseError, match=r"its table of contents has \d+ bytes, expected at most 30"):
        names_of(path)


@given(st.binary(max_size=60), st.integers(0, 300), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_names_or_a_refusal(tmp_path_factory, noise, at, cut):
    """Nothing but our own error."""
    whole = packed({"a_1_2_x.json": b"", "b_3_4_y.json": b"z"})
    path = tmp_path_factory.getbasetemp() / "noise.zip"
    path.write_bytes(whole[:at] + noise + whole[at + cut :])
    try:
        assert all(isinstance(name, str) for name in names_of(path))
    except QuestionBankError:
        return


# The command


QUESTION = Question("fam", 1, {}, Message("How large?"), (Part(Integer(14), Message("Rows")),))


@pytest.fixture
def marked(tmp_path):
    """An exam of three students, marked: two files as Canvas names them, one student absent."""
    for one, name in (("B1", "Án"), ("B2", "Bo"), ("B3", "Cy")):
        write_sheet(
            tmp_path, Sheet("Quiz", "quiz-1", Student(one, name), (KeyItem(f"item-{one}", 0, 1, QUESTION),))
        )
    (tmp_path / "in").mkdir()
    for one, file in (("B1", "án_LATE_501_60213_responses-B1.json"), ("B2", "bo_502_60300_x.json")):
        body = {"paper": "quiz-1", "student": one, "answers": {f"item-{one}/a": f"14 said {one}"}}
        (tmp_path / "in" / file).write_text(json.dumps(body), encoding="utf-8")
    assert CliRunner().invoke(app, ["exam", "mark", str(tmp_path), str(tmp_path / "in")]).exit_code == 0
    return tmp_path


def run(folder, *options):
    """Run the command."""
    return CliRunner().invoke(app, ["exam", "feedback", str(folder), *map(str, options)])


PEOPLE_OF_CLASS = [("B1", "Án", 501), ("B2", "Bo", 502), ("B3", "Cy", 503), ("B4", "Di", 504)]


def pages_in(path):
    """Read the pages of a zip, by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_command_writes_the_zip_of_moodle(marked):
    """Each page is in its student's name; the same bytes again; who has no paper is named."""
    (marked / "sheet.csv").write_text(worksheet(PEOPLE_OF_CLASS), encoding="utf-8")
    assert "--format moodle: got no --roster, expected the grading worksheet" in str(
        run(marked, "--format", "moodle").exception
    )
    done = run(marked, "--format", "moodle", "--roster", marked / "sheet.csv")
    path = marked / "marks/feedback-moodle.zip"
    assert done.exit_code == 1
    assert "feedback-moodle.zip: 3 pages" in done.output
    assert "1 in the class list without a paper: B4" in done.output
    participants = {number: one for one, _, number in PEOPLE_OF_CLASS}
    read = {moodle_reads(name, participants): page for name, page in pages_in(path).items()}
    assert sorted(read) == [(one, "quiz-1-feedback.html") for one in ("B1", "B2", "B3")]
    assert all(f"<bdi>{one}</bdi>" in page for (one, _), page in read.items())
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    run(marked, "--format", "moodle", "--roster", marked / "sheet.csv")
    assert path.read_bytes() == before


def test_the_command_writes_the_zip_of_canvas_from_the_files_that_were_marked_or_from_the_download(marked):
    """Names of marked files are enough where they are Canvas's own; else the download says them; the absent are named."""
    (marked / "grades.csv").write_text(gradebook(PEOPLE_OF_CLASS), encoding="utf-8")
    options = ("--format", "canvas", "--roster", marked / "grades.csv", "--id", "SIS User ID")
    record = json.loads((marked / "marks/marks.json").read_text(encoding="utf-8"))
    for row in record["students"]:
        row["file"] = "001.json"
    (marked / "typed.json").write_text(json.dumps(record), encoding="utf-8")
    told = str(run(marked, *options, "--marks", marked / "typed.json").exception)
    assert (
        "got no --submissions, and files that were marked under names such as '001.json'; give the zip that"
        in told
    )
    done = run(marked, *options)
    assert done.exit_code == 1
    assert "1 left out: handed in no file there, beside which Canvas could put the page: B3" in done.output
    assert "Canvas shows each page under the name of the file beside which it stands" in done.output
    users = {number: one for one, _, number in PEOPLE_OF_CLASS}
    files = {501: {60213}, 502: {60300, 999}, 503: {7}, 504: set()}
    for expected in (["B1", "B2"], ["B2", "B3"]):
        pages = pages_in(marked / "marks/feedback-canvas.zip")
        read = {canvas_reads(name, users, files): page for name, page in pages.items()}
        assert sorted(read) == expected
        assert all(f"<bdi>{one}</bdi>" in page for one, page in read.items())
        (marked / "s.zip").write_bytes(packed({"bo_502_999_x.json": b"", "cy_503_7_y.json": b""}))
        run(marked, *options, "--submissions", marked / "s.zip")


# Notebooks


def graded(name, **more):
    """Make the grade of one submission: a test that passed, one that failed, and what students never read."""
    test = TestResult(
        function="conv2d",
        test="test_hidden_name",
        description="It <works>.",
        points=2.0,
        max_points=2.0,
        outcome=Outcome.PASSED,
        reason="",
        diagnosis=None,
        seconds=0.1,
        detail="HIDDEN_DETAIL",
    )
    failed = replace(
        test,
        points=0.0,
        outcome=Outcome.FAILED,
        reason="it is <b>",
        diagnosis="kernel-flipped",
        curve=(2.0, 1.0),
    )
    fields = {
        "submission": name,
        "points": 2.0,
        "max_points": 4.0,
        "needs_person": False,
        "round": 7,
        "suite": "HIDDEN_SUITE",
        "versions": {"numpy": "HIDDEN_VERSION"},
        "tier": "A",
        "tests": (test, failed),
        "notes": ("A cell <was> left out.",),
        "output": "HIDDEN_OUTPUT",
    }
    return Grade(**fields | more)


def told(tmp_path, grades, *options):
    """Run the command over records of grades."""
    path = tmp_path / "rec.json"
    path.write_text(to_json(grades), encoding="utf-8")
    return CliRunner().invoke(app, ["feedback", str(path), *map(str, options)])


def test_a_notebook_s_page_says_what_its_feedback_says_and_styles_nothing_inline():
    """One page for all functions, notes once; nothing of the instructor's record; open points are called open."""
    text = notebook_page(graded("Án_501"), "Homework").decode()
    assert "2 of 4 points" in text
    assert "conv2d: 2 of 4 points" in text
    assert "It looks like this: Kernel turned by 180 degrees." in text
    assert text.count("A cell &lt;was&gt; left out.") == 1
    assert "It is &lt;b&gt;." in text
    assert '<img alt="Loss of each epoch: 2, 1"' in text
    assert not re.search(r"HIDDEN|test_hidden|\sstyle=|<script", text)
    open_ = notebook_page(graded("Án_501", points=None), "Homework").decode()
    assert "4 points, still open" in open_
    broken = replace(graded("x").tests[0], outcome=Outcome.SKIPPED, points=0.0)
    unreadable = notebook_page(graded("x", needs_person=True, points=0.0, tests=(broken,)), "H").decode()
    assert unreadable.count("Your file could not be read. A person will look at it.") == 1
    assert "It &lt;works&gt;." not in unreadable


@given(classes(), st.data())
@settings(max_examples=40, deadline=None)
def test_pages_of_notebooks_reach_who_handed_them_in(people, data):
    """By the names under which Moodle and Canvas gave them out, as folders and as files; the rest is named."""
    shown = page_name("Homework 1")
    plain = [
        (number + 10**5, re.sub(r"[\W_]", "", normalize("NFC", name)) or "x") for _, name, number in people
    ]
    plain = [(number, "x" if name == "anon" else name) for number, name in plain]  # that is Canvas's own mark
    owners = {number: f"{name}_{number}" for number, name in plain}
    folders = data.draw(st.booleans())
    ending = "assignsubmission_file/h w.ipynb" if folders else "assignsubmission_file_h w.ipynb"
    names, left = members(
        "moodle", [*owners.values(), "lab_12"], [f"{who}_{ending}" for who in owners.values()], shown
    )
    assert left == ("lab_12",)
    for version in (3.0, 4):
        read = [moodle_reads(name, owners, version=version) for name in zipped(names.values())]
        assert sorted(read) == sorted((who, shown) for who in owners.values())
    files = {number: {10**6 + number, 10**7 + number} for number in owners}
    paths = [f"{who}_{file}_h_1.ipynb" for number, who in owners.items() for file in files[number]]
    names, left = members(
        "canvas", [*owners.values(), "anon_12345"], [*paths, "anon_12345_67890_x.py"], shown
    )
    assert left == ("anon_12345",)
    assert sorted(canvas_reads(name, owners, files) for name in zipped(names.values())) == sorted(
        owners.values()
    )


def test_the_command_for_notebooks_writes_pages_or_a_zip_and_names_who_is_left_out(tmp_path):
    """Records as `legrade grade --json` writes them; a zip needs the names that were handed in."""
    grades = [graded("Án_501"), graded("Bo_502", points=None), graded("lab_12")]
    done = told(tmp_path, grades, "--title", "Homework 1")
    assert done.exit_code == 1
    assert "feedback: 3 pages. Each is for one student" in done.output
    assert "1 with open points: a person has still to look: Bo_502" in done.output
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "feedback").iterdir()} == {0o600}
    message = "--format moodle: got no --submissions, expected the zip or the folder that was graded: its names say who is who"
    assert message in str(told(tmp_path, grades, "--format", "moodle").exception)
    folder = tmp_path / "class"
    for name in ("Án_501_assignsubmission_file", "Bo_502_assignsubmission_file"):
        (folder / name).mkdir(parents=True)
        (folder / name / "hw.ipynb").write_text("{}", encoding="utf-8")
    done = told(tmp_path, grades, "--format", "moodle", "--submissions", folder, "--title", "Homework 1")
    assert f"1 left out: no name in {folder} says whose they are: lab_12" in done.output
    pages = pages_in(tmp_path / "feedback-moodle.zip")
    read = {moodle_reads(name, {501: "an", 502: "bo"}): page for name, page in pages.items()}
    assert sorted(read) == [("an", "Homework-1-feedback.html"), ("bo", "Homework-1-feedback.html")]
    assert "Án_501" in read["an", "Homework-1-feedback.html"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{", "cannot be read (Expecting property name"),
        ("{}", "expected a list of records; give what `legrade grade --json` wrote"),
        ("[{}]", "record 1: got the fields [], expected ["),
    ],
)
def test_records_that_are_none_are_refused(tmp_path, data, message):
    """File, record, got, expected."""
    (tmp_path / "rec.json").write_text(data, encoding="utf-8")
    found = CliRunner().invoke(app, ["feedback", str(tmp_path / "rec.json")])
    assert message in str(found.exception)


def test_a_submission_that_is_there_twice_is_refused(tmp_path):
    """A page would be of one of two grades."""
    assert "'x' is there twice; grade the class in one run" in str(
        told(tmp_path, [graded("x"), graded("x")]).exception
    )
    assert "did you mean html" in str(told(tmp_path, [graded("x")], "--format", "htm").exception)
