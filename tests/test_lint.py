"""The check of worked examples: it finds what is wrong and nothing else, names why, and no file harms it."""

import json
import re
import shutil
import time
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from question_bank import bank
from question_bank.cli import bank_app
from question_bank.errors import FormatError
from question_bank.lectures.check import KINDS, NOT_RECOMPUTED, check
from question_bank.lectures.compare import differences
from question_bank.lectures.example import MAX_BYTES, Example, Spoilt, parse_examples, read_examples
from question_bank.lectures.given import Given
from question_bank.lectures.page import to_html
from question_bank.lectures.report import counts, lines
from question_bank.lectures.report import to_json as report_json
from question_bank.lectures.show import to_json
from question_bank.lectures.work import Work
from question_bank.misconceptions import CATALOGUE

OWN = Path(__file__).with_name("worked_examples.json")
EXPECTED = {entry["id"]: entry["expect"] for entry in json.loads(OWN.read_text(encoding="utf-8"))}
FINDINGS = {finding.id: finding for finding in check(read_examples(OWN))}


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_is_judged_as_worked_out_by_hand(name):
    """Verdict, right answer and every reason are those written beside the example."""
    finding, expected = FINDINGS[name], EXPECTED[name]
    assert finding.verdict == expected["verdict"], finding
    assert [slip.id for slip in finding.why] == expected["why"], finding.why
    if finding.right is not None:
        assert to_json(finding.right, 6) == expected["right"]


def test_the_examples_have_every_kind():
    """Each kind that is recomputed is among them with an answer that holds and with one that is wrong."""
    verdicts = {kind: {f.verdict for f in FINDINGS.values() if f.kind == kind} for kind in KINDS}
    assert all(found & {"right", "remark"} for found in verdicts.values()), verdicts
    assert not [kind for kind, found in verdicts.items() if "wrong" not in found]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_asked(kind):
    """Each kind names registered families, so that what a lecture gets wrong can be put to its students."""
    assert KINDS[kind].families
    assert set(KINDS[kind].families) <= set(bank.names())


def test_every_misconception_that_is_looked_for_is_one_of_the_catalogue():
    """Also those that no example here shows; an unknown name would break the check of the first lecture that does."""
    looked_for = set()
    for example in read_examples(OWN):
        if isinstance(example, Example) and example.kind in KINDS and FINDINGS[example.id].right is not None:
            looked_for |= {rule for rule, _ in KINDS[example.kind].mistakes(Given(example), Work())}
    assert len(looked_for) > 60
    assert looked_for <= set(CATALOGUE)


def test_reasons_are_named_in_the_catalogue():
    """What is called a misconception is one of the catalogue, and what is not has a name of its own."""
    slips = {(slip.id, slip.misconception) for finding in FINDINGS.values() for slip in finding.why}
    assert slips
    assert all((name in CATALOGUE) == misconception for name, misconception in slips)


# --- the lectures' own examples


@pytest.fixture(scope="module")
def lectures(data_dir):
    """The 188 examples of the lectures, which lie beside the data sets."""
    path = data_dir.parent / "lecture_examples.json"
    if not path.is_file():
        pytest.skip(f"no examples of the lectures: {path}")
    return path


@pytest.fixture(scope="module")
def recorded(lectures):
    """The same with the recorded answers and errata, numbers as printed, by id."""
    entries = json.loads(lectures.read_text(encoding="utf-8"), parse_float=Decimal)
    return {entry["id"]: entry for entry in entries}


@pytest.fixture(scope="module")
def judged(lectures):
    """What the check says about them, by id."""
    return {finding.id: finding for finding in check(read_examples(lectures))}


def test_it_agrees_with_every_recorded_answer(lectures, judged, recorded):
    """The right answer that is worked out is the recorded one, for every example of a kind that is recomputed."""
    compared = 0
    for example in read_examples(lectures):
        finding, answer = judged[example.id], recorded[example.id]["correct_answer"]
        if example.kind in KINDS:
            same, tolerance = KINDS[example.kind].same, finding.tolerance
            if same is None:
                assert not differences(answer, finding.right, tolerance), example.id
            else:
                assert same(answer, finding.right, Given(example)), example.id
            compared += 1
    assert compared == 154


def test_it_finds_all_errata_and_no_others(judged, recorded):
    """Exactly the examples with a recorded erratum are reported, among the kinds that are recomputed."""
    errata = {name for name, entry in recorded.items() if entry["errata"] and entry["kind"] in KINDS}
    reported = {name for name, finding in judged.items() if finding.verdict in ("wrong", "remark")}
    assert reported == errata
    assert len(errata) == 25


def test_every_other_example_is_listed_with_the_reason(judged, recorded):
    """Nothing is unusable, nothing is passed over, and what is not recomputed is of a kind that says why."""
    assert set(judged) == set(recorded)
    assert {finding.kind for finding in judged.values() if finding.verdict == "not recomputed"} == set(
        NOT_RECOMPUTED
    )
    assert not [finding for finding in judged.values() if finding.verdict == "unusable"]
    exercises = {name for name, finding in judged.items() if finding.verdict == "exercise"}
    assert exercises == {n for n, e in recorded.items() if e["stated_answer"] is None and e["kind"] in KINDS}


def test_recorded_answers_are_not_read(recorded, judged):
    """The report is the same, byte for byte, when the recorded answers and errata are others."""
    entries = [{**entry, "correct_answer": 7, "errata": "none"} for entry in recorded.values()]
    findings = check(parse_examples(json.dumps(entries, default=float).encode()))
    assert report_json(findings) == report_json(tuple(judged.values()))


def changed(stated):
    """Yield a stated answer with each of its numbers one larger in turn, or a text with another meaning."""
    if isinstance(stated, str):
        yield {"nan": 0}.get(stated, "over 54 billion" if stated.startswith("over") else f"{stated} + 1")
    elif isinstance(stated, dict):
        yield from ({**stated, name: other} for name in stated for other in changed(stated[name]))
    elif isinstance(stated, list):
        for place, item in enumerate(stated):
            yield from ([*stated[:place], other, *stated[place + 1 :]] for other in changed(item))
        yield [*stated, stated[-1]]
    else:
        yield stated + 1


def test_every_change_of_a_right_answer_is_found(lectures):
    """Each number of each stated answer that holds, one larger, and each list one longer: none passes."""
    tried = 0
    for example in read_examples(lectures):
        if example.kind in KINDS and example.stated is not None and judge(example) in ("right", "remark"):
            for stated in changed(example.stated):
                assert judge(replace(example, stated=stated)) in ("wrong", "unusable"), (example.id, stated)
                tried += 1
    assert tried > 800


def judge(example):
    """Return the verdict on one example."""
    (finding,) = check([example])
    return finding.verdict


REASONS = {
    "000-07": ["another-kernel"],
    "000-08": ["inherited"],
    "001-25": ["floor-forgotten", "counterexample"],
    "001-28": ["truncated"],
    "001-29": ["truncated"],
    "001-36": ["remark"],
    "001-41": ["one-digit"],
    "001-44": ["pixels-read-in-a-row"],
    "002-02": ["axis-too-many"],
    "002-12": ["one-array-twice", "kernel-flipped"],
    "002-26": ["padding-with-zeros", "maximum-from-zero"],
    "003-02": ["another-kernel"],
    "003-14": ["right-elsewhere"],
    "003-17": ["stated-again"],
    "003-18": ["square-kernel-assumed", "remainder-kept"],
    "003-19": ["truncated", "right-elsewhere"],
    "003-22": ["stated-again"],
    "003-24": ["batch-axis-lost", "right-elsewhere"],
    "003-27": ["label-of-another"],
    "003-28": [],
    "003-29": ["inherited"],
    "003-33": ["sign-of-a-product"],
    "003-34": ["one-digit", "stated-again"],
    "003-35": ["inherited", "stated-again"],
    "004-24": ["rounding-differs"],
}


@pytest.mark.parametrize("name", REASONS)
def test_an_erratum_of_the_lectures_has_its_reason(name, judged):
    """The misconception or slip that was found by hand is found by search; where none explains it, none is named."""
    assert [slip.id for slip in judged[name].why] == REASONS[name]


def test_the_reason_names_the_kernel_that_the_table_belongs_to(judged):
    """It is found by solving for the kernel, not looked up: its second row is another than the drawn one."""
    assert (
        "0 0.1 -0.1 / -0.2 0.1 0 / 0 0 0.1; given is 0 0.1 -0.1 / -0.2 0 0.1 / 0 0 0.1"
        in judged["000-07"].why[0].text
    )
    assert "1 1 0 / 1 1 0 / 1 0 1" in judged["003-02"].why[0].text


# --- when an answer holds


@pytest.mark.parametrize(
    ("stated", "value", "holds"),
    [
        ("0.67", Fraction(2, 3), True),
        ("0.66", Fraction(2, 3), False),
        ("1", Fraction(2, 3), False),
        ("2.0", Fraction(2), True),
        ('"2/3"', Fraction(2, 3), True),
        ('"over 53 billion"', 53_687_091_200, True),
        ('"over 52 billion"', 53_687_091_200, False),
        ('"about 54 billion"', 53_687_091_200, True),
        ('"under 54 billion"', 53_687_091_200, True),
        ('"nan"', 53, False),
        ('"RuntimeError"', 53, False),
        ('"RuntimeError"', "error", True),
        ("true", 1, False),
        ("null", 1, False),
        ('"error"', "error", True),
        ("[1, 2]", (1, 2), True),
        ("[1]", (1, 2), False),
    ],
)
def test_a_number_stands_for_what_its_digits_say(stated, value, holds):
    """Decimals stand for what rounds to them, whole numbers for themselves, words for a range that is written down."""
    assert bool(differences(json.loads(stated, parse_float=Decimal), value)) != holds


@pytest.mark.parametrize("stated", ["over 53 furlongs", "roughly 53", "53,7 GFLOP", "", "1/2/3"])
def test_words_that_are_not_understood_are_not_called_wrong(stated):
    """The example is unusable, and the message says what is expected."""
    parameters = {"kernel_size": 1, "in_channels": 1, "out_channels": 53, "count": "multiply-adds"}
    (finding,) = check([Example("1", "", "", "operation_count", {"shape": [1, 1]}, parameters, stated)])
    assert finding.verdict == "unusable"
    assert "is not understood; expected a number, 2/3, or such as over 53 billion" in finding.reason


def test_a_tolerance_is_used_in_place_of_the_digits():
    """Just inside it an answer holds, just outside it does not."""
    assert not differences([Decimal("1.6")], (Fraction(5, 3),), Fraction("0.07"))
    assert differences([Decimal("1.6")], (Fraction(5, 3),), Fraction("0.06"))


# --- files that are broken


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "not JSON"),
        (b"[{", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"{}", "got dict, expected a JSON list"),
        (b"[" * 100_000, "not JSON"),
        (b"[" + b",".join([b"1"] * 6000) + b"]", "6000 examples: expected at most 5000"),
        (b" " * (MAX_BYTES + 1), "more than 4000000 bytes"),
    ],
    ids=["empty", "cut off", "not UTF-8", "object", "deep", "many", "large"],
)
def test_a_broken_file_is_refused(data, complaint):
    """The message says what is wrong and what is expected."""
    with pytest.raises(FormatError, match=complaint):
        parse_examples(data)


BASE = {
    "id": "1",
    "kind": "conv2d",
    "inputs": {"x": [[1, 2], [3, 4]], "w": [[1]]},
    "parameters": {},
    "stated_answer": None,
}
POOL = {"kind": "max_pool2d", "inputs": {"x": [[1, 2], [3, 4]]}}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"kind": "conv3d"}, "unknown kind 'conv3d': did you mean conv2d"),
        ({"kind": 3}, "kind=3: expected str"),
        ({"inputs": []}, "inputs=.*expected dict"),
        ({"inputs": {"x": [[1, 2], [3]], "w": [[1]]}}, "rows of 2 and of other lengths"),
        ({"inputs": {"x": [], "w": [[1]]}}, "expected a list that is not empty"),
        ({"inputs": {"x": [[1, "2"]], "w": [[1]]}}, "x='2': expected a number"),
        ({"inputs": {"x": [[True]], "w": [[1]]}}, "x=True: expected a number"),
        ({"inputs": {"w": [[1]]}}, "'x' is missing"),
        ({"inputs": {"x": [[1]], "w": [[1, 1]]}}, "does not fit"),
        ({"parameters": {"stride": 0}}, "stride=0: expected a whole number from 1"),
        ({"parameters": {"stride": [1, 2, 3]}}, "expected one whole number, or one for each of two axes"),
        ({"parameters": {"padding": 10**9}}, "products; expected at most"),
        ({"parameters": {"groups": 2}}, "'groups' is not understood here"),
        ({"parameters": {"tolerance": 0}}, "tolerance: expected a number above 0"),
        ({"parameters": {"tolerance": "0.1"}}, "tolerance='0.1': expected a number"),
        ({"parameters": {"x": 1}}, "'x' is an input and a parameter"),
        (POOL | {"parameters": {"kernel_size": 2, "padding": 2}}, "at most half of the window"),
        ({"kind": "layer_shapes", "inputs": {"shape": [1] * 9}}, "'layers' is missing"),
        (
            {"kind": "layer_shapes", "parameters": {"layers": [{"type": "relu"}] * 100_000}},
            "list of 1 to 500 layers",
        ),
        ({"kind": "layer_shapes", "parameters": {"layers": [{"type": "lstm"}]}}, "with a type among"),
        ({"kind": "window_count", "inputs": {"shape": [10**12, 1]}}, "from 1 to 1000000000"),
        ({"stated_answer": [[float("nan")]]}, "no number"),
    ],
)
def test_an_example_that_cannot_be_used_is_listed_with_the_reason(change, complaint):
    """It is unusable, never right, and the examples beside it are judged all the same."""
    good = BASE | {"id": "2", "stated_answer": [[1, 2], [3, 4]]}
    bad, fine = check(parse_examples(json.dumps([BASE | change, good]).encode()))
    assert bad.verdict == "unusable"
    assert re.search(complaint, bad.reason), bad.reason
    assert fine.verdict == "right"


def test_two_examples_of_one_id_are_told():
    """The second is unusable: a finding must name one example."""
    first, second = parse_examples(json.dumps([BASE, BASE]).encode())
    assert isinstance(first, Example)
    assert second == Spoilt("1", "", "", "id '1' is there twice; expected every id once")


def test_numbers_of_any_length_are_refused_quickly():
    """A million digits, a huge exponent, NaN and infinity spoil their example and take no time."""
    begin = time.perf_counter()
    for number in ("1" * 1_000_000, "1e999999999", "-1e-999999999", "NaN", "Infinity", "1." + "3" * 100_000):
        data = f'[{{"id": "1", "kind": "flatten", "inputs": {{"x": [[{number}]]}}, "stated_answer": null}}]'
        (finding,) = check(parse_examples(data.encode()))
        assert finding.verdict == "unusable"
        assert "expected a number of at most 40 digits" in finding.reason
        assert len(finding.reason) < 200
    assert time.perf_counter() - begin < 2


def test_a_file_of_costly_examples_ends_soon():
    """Thousands of the largest tables that one example may have: the budget ends, and says so."""
    entry = {
        "kind": "conv2d",
        "inputs": {"x": [[1]], "w": [[1]]},
        "parameters": {"padding": 60},
        "stated_answer": [[1]],
    }
    entries = [entry | {"id": str(number)} for number in range(3000)]
    begin = time.perf_counter()
    findings = check(parse_examples(json.dumps(entries).encode()))
    assert time.perf_counter() - begin < 60
    assert "products in all" in findings[-1].reason
    assert counts(findings)["wrong"] + counts(findings)["unusable"] == 3000


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats()
    | st.sampled_from(
        ["relu", "error", "sum B[k,l] * A[i+k,j+l]", "1/0", "over 9 billion", "n-k+1", "\ud800", "\x1b[2J"]
    )
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@st.composite
def spoilt_examples(draw):
    """Draw one of the good examples with something in it replaced, removed or added."""
    entry = json.loads(json.dumps(draw(st.sampled_from(ENTRIES))))
    for _ in range(draw(st.integers(1, 3))):
        part = draw(st.sampled_from(["inputs", "parameters", "parameters", "stated_answer", "kind", "id"]))
        target = entry.get(part)
        if isinstance(target, dict) and target:
            name = draw(st.sampled_from([*target, "extra"]))
            target[name] = draw(json_values)
            if draw(st.booleans()):
                del target[name]
        elif part != "kind":
            entry[part] = draw(json_values)
        else:
            entry["kind"] = draw(st.sampled_from([*KINDS, *NOT_RECOMPUTED, "no such kind"]))
    return entry


ENTRIES = json.loads(OWN.read_text(encoding="utf-8"))


@given(st.lists(spoilt_examples(), min_size=1, max_size=3))
@settings(deadline=None, max_examples=500)
def test_no_example_breaks_the_check(entries):
    """Whatever an example holds, every one gets a verdict, and the report can be written as text, JSON and a page."""
    findings = check(parse_examples(json.dumps(entries).encode()))
    assert len(findings) == len(entries)
    json.dumps(report_json(findings), ensure_ascii=False, allow_nan=False).encode()
    "\n".join(line for finding in findings for line in lines(finding)).encode()
    to_html(findings)


# --- formulas


@pytest.mark.parametrize(
    "hostile",
    [
        "(" * 5000,
        "9**9**9**9",
        "x^T (" + "(" * 300 + " / N",
        "__import__('os')",
        "v1" * 400,
        "\x00",
        "1" * 5000,
        "p^p^p",
    ],
)
def test_a_hostile_formula_is_unusable_at_once(hostile):
    """It is read by the bank's reader of expressions, and never evaluated."""
    begin = time.perf_counter()
    cases = [
        ("gradient_formula", {}, {"formula": "softmax_ce"}),
        ("symbolic_dw1", {}, {}),
        ("size_formula", {}, {"formula": hostile}),
        ("definition", {"x": [[1]], "w": [[1]]}, {}),
    ]
    verdicts = [finding.verdict for finding in check(Example("1", "", "", *case, hostile) for case in cases)]
    assert "right" not in verdicts
    assert time.perf_counter() - begin < 1


# --- the command and the page


def run(*arguments):
    """Run `legrade bank check` in this process."""
    return CliRunner().invoke(bank_app, ["check", *map(str, arguments)])


def test_the_command_reports_and_its_exit_code_says_whether_something_is_wrong(tmp_path):
    """1 when a stated answer is wrong, 0 when all hold, 2 when an example cannot be used, with its reason on the screen."""
    entries = json.loads(OWN.read_text(encoding="utf-8"))
    done = run(OWN)
    assert done.exit_code == 1
    assert "conv-flipped  wrong  conv2d  lecture-1, slide 2" in done.stdout
    assert "right   [[7, 0], [-1, 2]]" in done.stdout
    assert "[kernel-flipped]" in done.stdout
    assert "asked by conv-by-hand" in done.stdout
    assert "conv-exercise (conv2d) [[1, 1, 1], [1, 7, 1], [1, 1, 1]]" in done.stdout
    assert "reported_accuracy: the outcome of a training run" in done.stdout
    assert "unknown kind 'receptive_fields'" in done.stdout
    good = tmp_path / "good.json"
    good.write_text(
        json.dumps([entry for entry in entries if entry["expect"]["verdict"] in ("right", "exercise")])
    )
    assert run(good).exit_code == 0
    good.write_text(json.dumps([entry for entry in entries if entry["expect"]["verdict"] != "wrong"]))
    assert run(good).exit_code == 2


def test_the_command_refuses_what_is_no_file_of_examples(tmp_path):
    """The message names the file and what was expected; nothing is written."""
    broken = tmp_path / "broken.json"
    broken.write_text("[{")
    page = tmp_path / "page.html"
    for path in (broken, tmp_path / "missing.json", tmp_path):
        done = run(path, "--errata", page)
        assert isinstance(done.exception, FormatError)
        assert str(path) in str(done.exception)
    assert not page.exists()
    assert "these are the examples" in str(run(broken, "--errata", broken).exception)
    assert broken.read_text() == "[{"
    assert "cannot be written" in str(run(OWN, "--errata", broken / "page.html").exception)


def test_the_json_report_has_every_example():
    """One object on stdout: counts, and for each example verdict, right answer, reasons and families."""
    report = json.loads(run(OWN, "--json").stdout)
    assert sum(report["counts"].values()) == len(report["findings"]) == len(EXPECTED)
    flipped = next(entry for entry in report["findings"] if entry["id"] == "conv-flipped")
    assert flipped["right"] == [[7, 0], [-1, 2]]
    assert flipped["differs_at"] == [[0, 0], [0, 1], [1, 1]]
    assert flipped["why"][0]["id"] == "kernel-flipped"
    assert flipped["why"][0]["misconception"] is True
    assert flipped["families"] == ["conv-by-hand"]


def test_the_page_can_be_published(tmp_path):
    """It names each erratum with place, stated and right answer and reason, counts the rest, and loads nothing."""
    page = tmp_path / "errata.html"
    assert run(OWN, "--errata", page).exit_code == 1
    html = page.read_text(encoding="utf-8")
    total = counts(FINDINGS.values())
    assert f"{total['right'] + total['remark']} hold, {total['wrong']} are wrong" in html
    for finding in FINDINGS.values():
        if finding.verdict == "wrong":
            assert f"<h3>{finding.locator} <small>{finding.id}</small></h3>" in html
    assert "<td><mark>5</mark></td><td><mark>\N{MINUS SIGN}2</mark></td>" in html
    assert html.count("<article>") == total["wrong"] + total["remark"]
    assert "default-src &#39;none&#39;" in html
    assert "<script" not in html
    assert "http" not in html.replace("http-equiv", "")
    assert run(OWN, "--errata", page).exit_code == 1
    assert page.read_text(encoding="utf-8") == html


def test_the_page_can_be_named_after_the_examples(tmp_path, monkeypatch):
    """`--errata html` writes into the folder where the command runs."""
    monkeypatch.chdir(tmp_path)
    assert "worked_examples-errata.html" in run(OWN, "--errata", "html").stdout
    assert (
        (tmp_path / "worked_examples-errata.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    )


def test_the_page_escapes_what_a_file_says():
    """Names, places and answers cannot become markup, and what is not printable is replaced."""
    hostile = "<script>alert(1)</script>\x1b[2J"
    entry = BASE | {
        "id": hostile,
        "locator": hostile,
        "source_file": hostile,
        "stated_answer": [[1, hostile]],
    }
    (finding,) = findings = check(parse_examples(json.dumps([entry | {"kind": "conv2d"}]).encode()))
    assert finding.verdict == "wrong"
    html = to_html(findings).decode()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "\x1b" not in html
    assert "\x1b" not in "\n".join(lines(finding))


def test_the_page_is_set_in_a_browser_without_a_complaint(tmp_path):
    """Its policy lets its own style apply, nothing is asked of a network, and a telephone need not scroll sideways."""
    sync = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install -e '.[dev]'")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no browser: apt-get install -y chromium")
    page = tmp_path / "errata.html"
    page.write_bytes(to_html(list(FINDINGS.values())))
    complaints = []
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        tab = browser.new_page(viewport={"width": 360, "height": 800})
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("request", lambda r: None if r.url.startswith("file:") else complaints.append(r.url))
        tab.goto(page.as_uri())
        assert tab.evaluate("getComputedStyle(document.querySelector('td')).textAlign") == "right"
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360
        browser.close()
    assert complaints == []
