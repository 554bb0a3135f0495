"""Every certificate is there, claims no failure, covers what exists now, and a sample of it comes out the same again.

`make proof` takes minutes; what it proved is committed in proof/certificates/. A certificate that is out of date fails
here, with the command that renews it.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the proofs are in no installed package

from autograder import training, wire  # noqa: E402 -- after the path
from autograder.course import open_function  # noqa: E402 -- the same
from autograder.kill_table import cases, grade_cases  # noqa: E402 -- the same
from proof import bank as proof_of_bank  # noqa: E402 -- the same
from proof import calibration, certificates, kill_table, kills, run, soak, wire_fuzz  # noqa: E402 -- the same
from question_bank import bank  # noqa: E402 -- the same
from question_bank.authoring import Family  # noqa: E402 -- the same
from question_bank.errors import UnknownNameError  # noqa: E402 -- the same
from question_bank.verification import verify  # noqa: E402 -- the same

CERTIFICATES = sorted(certificates.FOLDER.rglob("*.json"))
NAMES = [path.relative_to(certificates.FOLDER).with_suffix("").as_posix() for path in CERTIFICATES]
CERTIFIED = [name for name in run.names() if name in NAMES]
FAMILIES = [name.partition("/")[2] for name in CERTIFIED if name.startswith("bank/")]


def chosen(name, count):
    """Pick one of `count` parts; a renewed certificate may pick another, the same one always the same."""
    return int(certificates.digest_files([certificates.FOLDER / f"{name}.json"]), 16) % count


# What every certificate owes


@pytest.mark.parametrize("name", CERTIFIED)
def test_a_certificate_claims_no_failure_and_says_when_and_on_what(name):
    """It is there, in the format, without a failure, with date, seconds and versions."""
    certificate = certificates.read(name)
    assert certificate["failures"] == []
    assert certificate["claim"] == run.load(name).prove.__globals__["CLAIM"]
    assert {"date", "seconds", "system", "versions"} <= certificate["measured"].keys()


@pytest.mark.parametrize("name", CERTIFIED)
def test_a_certificate_covers_what_exists_now(name):
    """A new or changed family, suite, program or parser needs a new certificate; the message says how to make it."""
    assert certificates.stale(name, certificates.read(name), run.load(name).subjects()) == ()


def test_every_proof_has_a_certificate_and_every_certificate_a_proof():
    """Nothing proved is unsampled, nothing sampled is left over."""
    missing, left_over = set(run.names()) - set(NAMES), set(NAMES) - set(run.names())
    assert not missing, (
        f"no certificate for {', '.join(sorted(missing))}; make them: python -m proof.run --stale"
    )
    assert not left_over, f"nothing is named {', '.join(sorted(left_over))}; delete their certificates"


def test_a_certificate_names_no_machine():
    """No path and no host name of whoever ran the proof is in it."""
    import platform

    for path in CERTIFICATES:
        text = path.read_text(encoding="utf-8")
        assert str(Path.home()) + "/" not in text
        assert str(ROOT) not in text
        assert f'"{platform.node()}"' not in text


def test_a_missing_certificate_is_named_with_the_command_that_makes_it(monkeypatch, tmp_path):
    """Whoever deleted it learns how to get it back."""
    monkeypatch.setattr(certificates, "FOLDER", tmp_path)
    with pytest.raises(
        FileNotFoundError, match=r"bank\.json: no such certificate; renew it: python -m proof\.run bank"
    ):
        certificates.read("bank")
    (tmp_path / "bank.json").write_text(
        '{"format": "legrade-certificate-1", "proof": "soak"}', encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"bank\.json: got .*'soak'.*, expected .*'bank'.*; renew it"):
        certificates.read("bank")


def test_a_certificate_is_written_as_it_is_read(monkeypatch, tmp_path):
    """Two proofs of the same sources differ in `measured` only."""
    monkeypatch.setattr(certificates, "FOLDER", tmp_path)
    proved = certificates.Proved("All is well.", {"n": 1}, {"a": "1"}, {"a": [1, 2]}, measured={"mb": 3})
    texts = []
    for seconds in (1.0, 100.0):
        certificates.write("bank", proved, seconds)
        data = certificates.read("bank")
        assert data["measured"].pop("seconds") == seconds
        texts.append(data)
    assert texts[0] == texts[1]
    assert (texts[0]["settings"], texts[0]["subjects"], texts[0]["results"]) == (
        {"n": 1},
        {"a": "1"},
        {"a": [1, 2]},
    )


def test_the_examples_in_the_proofs_hold():
    """Docstrings with examples are run here: the proofs are in no package that pytest collects."""
    import doctest

    found = doctest.testmod(certificates)
    assert (found.attempted >= 2, found.failed) == (True, 0)


def test_nothing_that_is_installed_imports_a_proof():
    """The arrow goes one way: proofs import the packages."""
    for package in ("autograder", "question_bank"):
        for path in (ROOT / package).rglob("*.py"):
            found = re.search(r"^\s*(from|import) proof\b", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert not found, path.relative_to(ROOT)


# The command


def test_an_unknown_proof_is_answered_with_the_nearest():
    """Exit 2, and nothing is run."""
    command = [sys.executable, "-m", "proof.run", "wire_fuz"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 2
    assert "unknown proof 'wire_fuz': did you mean wire_fuzz" in result.stderr
    with pytest.raises(UnknownNameError, match="Known: bank, bank/"):
        run.expand("x")
    assert run.expand("bank") == tuple(f"bank/{name}" for name in bank.names())


def test_a_failed_proof_ends_with_1_and_writes_nothing(monkeypatch, tmp_path, capsys):
    """What does not hold gets no certificate; the failure is printed."""
    failed = certificates.Proved("All is well.", {}, soak.subjects(), {}, ("it is not",))
    monkeypatch.setattr(certificates, "FOLDER", tmp_path)
    monkeypatch.setattr(soak, "prove", lambda *_, **__: failed)
    assert run.main(["soak"]) == 1
    assert list(tmp_path.iterdir()) == []
    assert "soak: it is not" in capsys.readouterr().out


def test_a_proof_of_sources_that_changed_meanwhile_is_none(monkeypatch, tmp_path, capsys):
    """A certificate is about one state of the sources."""
    mixed = certificates.Proved("All is well.", {}, {"sandbox, tier A": "another"}, {})
    monkeypatch.setattr(certificates, "FOLDER", tmp_path)
    monkeypatch.setattr(soak, "prove", lambda *_, **__: mixed)
    assert run.main(["soak"]) == 1
    assert list(tmp_path.iterdir()) == []
    printed = capsys.readouterr().out
    assert "soak: its sources changed while the proof ran; renew it: python -m proof.run soak" in printed


def test_a_quick_proof_writes_nothing(monkeypatch, tmp_path):
    """It is for a look while one works."""
    monkeypatch.setattr(certificates, "FOLDER", tmp_path)
    assert run.main(["bank/max-pool-by-hand", "--quick"]) == 0
    assert list(tmp_path.iterdir()) == []


def test_several_proofs_run_apart_and_one_failure_is_enough(monkeypatch):
    """Each has a process of its own; the others run all the same."""
    started = []

    def process(command, **_):
        started.append(command[3:])
        return subprocess.CompletedProcess(command, 1 if "soak" in command else 0)

    monkeypatch.setattr(run.subprocess, "run", process)
    assert run.main(["soak", "wire_fuzz", "--quick"]) == 1
    assert started == [["soak", "--quick"], ["wire_fuzz", "--quick"]]
    assert run.main(["wire_fuzz", "bank"]) == 0


def test_only_what_is_out_of_date_is_proved_again(monkeypatch, tmp_path):
    """A missing certificate, one of another version, and a broken one are out of date; the others are left alone."""
    started = []
    monkeypatch.setattr(run, "apart", lambda groups, _: started.append(groups) or True)
    monkeypatch.setattr(certificates, "FOLDER", tmp_path)
    for name in ("wire_fuzz", "soak"):
        certificates.write(name, certificates.Proved("", {}, run.load(name).subjects(), {}), 1.0)
    assert run.main(["wire_fuzz", "soak", "--stale"]) == 0
    certificates.write("soak", certificates.Proved("", {}, {"sandbox, tier A": "another"}, {}), 1.0)
    (tmp_path / "wire_fuzz.json").write_text("{}", encoding="utf-8")
    assert run.main(["wire_fuzz", "kill_table", "soak", "--stale"]) == 0
    assert started == [[], ["wire_fuzz", "kill_table", "soak"]]


# The bank


@pytest.mark.parametrize("name", FAMILIES)
def test_a_chunk_of_a_space_comes_out_as_certified(name):
    """A few hundred questions, built and proved again, are the same to the last character; a changed one needs a version."""
    certificate = certificates.read(f"bank/{name}")
    assert proof_of_bank.FamilyProof(bank.get(name)).holds_still(certificate), (
        f"{name}: its questions changed; if papers were issued and its version did not, raise it; "
        f"then {certificates.renewal(f'bank/{name}')}"
    )


@pytest.mark.parametrize("name", FAMILIES)
def test_a_certificate_of_the_bank_is_about_the_whole_space(name):
    """Points and questions are as many as the space says; no key is wrong, no option collides."""
    certificate = certificates.read(f"bank/{name}")
    family, result, settings = bank.get(name), certificate["results"], certificate["settings"]
    assert settings["draws"] >= (200 if family.maker.drawn else 1)
    assert result["points"] == len(family.space)
    assert result["questions"] == len(family.space) * settings["draws"]
    assert len(result["chunks"]) == -(-result["questions"] // settings["chunk"])
    assert (result["wrong_keys"], result["colliding"], result["broken"]) == (0, 0, 0)
    assert set(result["idle"]) == set(family.maker.rules)


def test_chunks_of_the_proof_and_of_the_sample_are_the_same_questions():
    """The digests of a whole small space, chunk by chunk, are those that the sample computes; another version differs."""
    family = bank.get("conv-parameters")
    chunks = proof_of_bank.Chunks(500)
    verify(family, proved=chunks.add)
    count = len(chunks.digests())
    assert [proof_of_bank.again(family, 1, 500, number) for number in (0, count - 1)] == [
        chunks.digests()[0],
        chunks.digests()[-1],
    ]
    later = Family(family.name, family.topic, family.version + 1, family.title, family.maker)
    assert proof_of_bank.again(later, 1, 500, 0) != chunks.digests()[0]
    certificate = {"results": {"chunks": chunks.digests()}, "settings": {"draws": 1, "chunk": 500}}
    assert proof_of_bank.FamilyProof(family).holds_still(certificate)
    assert not proof_of_bank.FamilyProof(later).holds_still(certificate)


# The wire


def test_a_chunk_of_frames_comes_out_as_certified():
    """5,000 frames, made again from the stream, are accepted and refused as often as before, frame by frame."""
    certificate = certificates.read("wire_fuzz")
    rows = certificate["results"]["chunks"]
    assert certificate["settings"]["frames"] == len(rows) * wire_fuzz.CHUNK >= 1_000_000
    number = chosen("wire_fuzz", len(rows))
    tally = wire_fuzz.run_chunk(number)
    assert tally.failures == []
    assert tally.row() == rows[number]


def test_the_certified_frames_reach_both_ends():
    """Every kind of frame was made, noise is refused, right frames are accepted, and memory hardly grew."""
    certificate = certificates.read("wire_fuzz")
    kinds = certificate["results"]["by_kind"]
    assert all(sum(counts) > 1000 for counts in kinds.values())
    assert kinds["valid"][1] == 0
    assert all(counts[0] > 1000 for name, counts in kinds.items() if "noise" not in name)
    assert all(counts[1] > 1000 for name, counts in kinds.items() if name != "valid")
    assert certificate["measured"]["memory_growth_mb"] <= wire_fuzz.MAX_GROWTH_MB


@pytest.mark.parametrize("wrong", [RuntimeError("crash"), MemoryError()])
def test_the_fuzzing_sees_a_parser_that_lets_something_else_out(monkeypatch, wrong):
    """An exception that is no WireError is a failure with the frame that led to it."""
    right = wire.decode
    calls = []

    def decode(data):
        calls.append(data)
        if len(calls) == 7:
            raise wrong
        return right(data)

    monkeypatch.setattr(wire, "decode", decode)
    monkeypatch.setattr(wire_fuzz, "CHUNK", 50)
    (failure,) = wire_fuzz.run_chunk(0).failures
    assert repr(wrong) in failure
    assert calls[6][:80].hex() in failure


def test_the_fuzzing_sees_a_value_that_changes_on_the_wire(monkeypatch):
    """A parser that reads every number as the next one is found."""
    right = wire.decode
    monkeypatch.setattr(wire, "decode", lambda data: right(data) + 1)
    with pytest.raises(ValueError, match="does not survive the wire"):
        wire_fuzz.judge(wire.encode(1))


# Calibrations


@pytest.mark.parametrize("path", calibration.paths(), ids=lambda path: path.stem)
def test_a_threshold_follows_from_its_recorded_runs(path):
    """Recomputed from the raw runs, and as the certificate says; the digits were trained again."""
    known = calibration.recorded(path)
    assert calibration.check(known) == []
    result = certificates.read("calibration")["results"][path.stem]
    assert (result["threshold"], result["levels"]) == (known.threshold, list(known.levels))
    assert result["runs"] == len(known.runs) >= 20
    if path.stem == "digits":
        assert result["repeated"] >= calibration.MOST_RUNS["digits"]


def test_a_recorded_training_can_be_repeated(tier_a):
    """One seed, trained again, reaches the threshold and is as accurate as it was."""
    known = calibration.recorded(calibration.LENET / "calibration" / "digits.json")
    (accuracy,) = calibration.repeat(known, tier_a, 1, certificates.quiet)
    assert accuracy >= known.threshold
    assert accuracy == pytest.approx(known.runs[0].accuracy, abs=0.03)


def test_a_calibration_that_does_not_hold_is_told():
    """A threshold too high, another recipe, a run below it, repeated runs of another mean: each has its sentence."""
    from dataclasses import replace

    known = calibration.recorded(calibration.LENET / "calibration" / "digits.json")
    assert "its runs give" in calibration.check(replace(known, threshold=0.5))[0]
    assert "the recipe is" in calibration.check(replace(known, recipe=training.Recipe(1, 1, 1.0)))[0]
    assert any("below the threshold" in line for line in calibration.check(replace(known, threshold=0.99)))
    assert "mean 0.5 and spread" in calibration.check(replace(known, mean=0.5))[0]
    found = calibration.compare(known, [0.2] * 5)
    assert "seed 0: 0.2, below the threshold" in found[0]
    assert "have the mean 0.2" in found[-1]


def test_a_grading_of_the_reference_that_loses_a_point_is_told():
    """By number, test and reason; the certificate says how many gradings there were, and that all had all points."""
    from autograder.model import Grade, Outcome, TestResult

    tests = tuple(
        TestResult("lenet", name, "", points, 2.0, outcome, reason, None, 0.1)
        for name, points, outcome, reason in (
            ("test_a", 2.0, Outcome.PASSED, ""), ("test_b", 1.5, Outcome.FAILED, "too low"), ("test_c", None, Outcome.ERROR, "ours"),
        )
    )  # fmt: skip
    result = Grade("reference", None, 6.0, True, 1, "", {}, "A", tests)
    assert calibration.lost(7, result) == ["grading 7: test_b: too low", "grading 7: test_c: ours"]
    found = certificates.read("calibration")["results"].get(calibration.OFTEN)
    assert found is None or found["all_points"] == found["gradings"] == calibration.GRADINGS


# The kill table

FUNCTIONS = sorted(kill_table.subjects())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_programs_earn_what_is_certified(tier_a, function):
    """A right and two wrong programs, graded again in full isolation, have the same points and the same name."""
    table = certificates.read("kill_table")["results"][function]
    spec = open_function(ROOT, function)
    every = {case.name: case for case in cases(spec)}
    right = [case for name, case in every.items() if name.startswith("correct/")]
    wrong = [case for case in every.values() if not case.harmless and steady(table[case.name], spec)]
    start = chosen("kill_table", len(right) * len(wrong))
    wanted = [
        right[start % len(right)],
        *(wrong[(start + step) % len(wrong)] for step in (0, len(wrong) // 2)),
    ]
    graded = grade_cases(wanted, tier_a)
    assert {case.name: kill_table.row(graded[case.name]) for case in wanted} == {
        case.name: table[case.name] for case in wanted
    }


def steady(row, spec):
    """Whether a row cannot hang on the accuracy that another processor's rounding leads to."""
    return spec.diagnose or "test_accuracy" not in row["failed"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_kill_table_has_every_program(function):
    """Each right program has all points, each wrong one fewer, in the certificate."""
    table = certificates.read("kill_table")["results"][function]
    every = {case.name: case for case in cases(open_function(ROOT, function))}
    assert set(table) == set(every)
    for name, row in table.items():
        assert (row["points"] == row["of"]) == every[name].harmless, name


# The soak


def test_the_certified_soak_was_long_and_left_nothing():
    """Ten thousand workers; nothing is more than before but a few megabytes, and nothing is left."""
    certificate = certificates.read("soak")
    assert certificate["settings"]["workers"] >= 10_000
    before, after = (soak.Footprint(**certificate["measured"][name]) for name in ("before", "after"))
    assert list(after.beyond(before)) == []
    assert certificate["measured"]["closed"]["processes"] == 0
    assert after.zombies == 0


def test_workers_of_every_kind_end_as_certified(tier_a):
    """Each program of the soak, run twice, comes to the value or the fault that the certificate names."""
    certified = certificates.read("soak")["results"]["programs"]
    assert {name: outcome for name, (_, outcome) in soak.PROGRAMS.items()} == certified
    assert list(soak.soak(tier_a, 2 * len(certified))) == []


LEAVES_BEHIND = """
import os, subprocess, sys, tempfile
from proof import soak
before = soak.footprint()
child = subprocess.Popen(["true"], stdout=subprocess.PIPE)
os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and nobody has asked how
with tempfile.TemporaryFile():
    print(*soak.footprint().beyond(before))
child.communicate()
"""


def test_the_soak_sees_what_is_left_behind():
    """A descriptor, a process and a zombie more are each told; in a process of its own, where nothing else comes and goes."""
    result = subprocess.run(
        [sys.executable, "-c", LEAVES_BEHIND],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert all(word in result.stdout for word in ("descriptors: ", "processes: ", "zombies: 1, 0 before"))


# The kills


def test_the_certified_kills_were_many_and_of_every_kind():
    """A hundred processes of batches were ended, and each batch came to the grades of a quiet one."""
    certificate = certificates.read("kills")
    killed = certificate["results"]["killed"]
    assert set(killed) == set(kills.VICTIMS)
    assert min(killed.values()) >= 25
    assert certificate["settings"]["submissions"] > 20


@pytest.mark.slow
def test_ten_kills_at_random_moments_change_no_grade(tier_a):
    """Graders, zygotes, supervisors and workers end in the middle of a batch, which goes on until it has ended."""
    proved = kills.prove(lambda *_: lambda *_: None, quick=True)
    assert proved.failures == ()
    assert sum(proved.results["killed"].values()) == kills.QUICK_KILLS
