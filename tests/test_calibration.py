"""Calibrations: right programs trained in the sandbox, recorded run by run; files of other images, recipes or forms are refused."""

import json
import subprocess
import sys
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import calibrating, calibration, calibration_programs, datasets, tracks
from autograder.architectures import architecture_of
from autograder.calibrating import Plan
from autograder.calibration import Run
from autograder.calibration_programs import Program
from autograder.datasets import Dataset, load
from autograder.errors import AutograderError, SpecError
from autograder.training import Recipe

ONCE = Recipe(epochs=1, batch_size=32, lr=1e-3)
VERSIONS = {"python": "3", "torch": "2", "numpy": "2", "scikit-learn": "1"}
GUESSES = """
import torch
def build_model(): return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))
def fit(model, x, y, *, epochs, batch_size, lr, device, seed): return [float(seed % 7)] * epochs
def predict(model, x, *, batch_size, device): return model(x).detach()
"""


def small_dataset():
    """Make 60 images of noise with labels."""
    x = np.random.default_rng(0).random((60, 1, 28, 28), dtype=np.float32)
    y = np.random.default_rng(1).integers(10, size=60)
    return Dataset("noise", x[:40], y[:40], x[40:], y[40:], "0" * 64)


def made(dataset, recipe=ONCE, device="cpu"):
    """Make a calibration without training."""
    runs = [Run(seed, "reference", 0.9 + seed / 1000, 2.0, 0.1, 0.1) for seed in range(20)]
    return calibration.conclude(dataset, recipe, runs, versions=VERSIONS, device=device)


# Files


def test_a_calibration_comes_back_as_it_was_written(tmp_path):
    """Whole, run by run, and the same bytes each time."""
    noise, path = small_dataset(), tmp_path / "noise.json"
    known = made(noise)
    path.write_text(calibration.to_json(known), encoding="utf-8")
    assert calibration.read_calibration(path, noise, ONCE) == known
    assert calibration.to_json(calibration.read_calibration(path, noise)) == path.read_text("utf-8")
    assert known.mean == pytest.approx(0.9095)
    assert known.images == 20
    assert path.read_text("utf-8").count("\n  {") == 20


def test_a_calibration_of_other_images_another_recipe_or_none_is_refused(tmp_path):
    """The messages say what was found, what was expected, and the command that makes a new one."""
    noise, path = small_dataset(), tmp_path / "noise.json"
    command = rf"make it with `legrade calibrate lenet --dataset noise --out {path}`"
    with pytest.raises(SpecError, match=f"no such file; {command}"):
        calibration.read_calibration(path, noise)
    path.write_text(calibration.to_json(made(noise)), encoding="utf-8")
    with pytest.raises(
        SpecError, match=r"made with the images 000000000000, expected ffffffffffff \(noise\)"
    ):
        calibration.read_calibration(path, replace(noise, identity="f" * 64))
    with pytest.raises(
        SpecError, match=r"made with Recipe\(epochs=1, .*expected Recipe\(epochs=2, .*legrade cal"
    ):
        calibration.read_calibration(path, noise, replace(ONCE, epochs=2))


def test_an_assignment_with_other_epochs_needs_a_calibration_of_its_own(course):
    """What the digits were calibrated for is ten epochs; three are another training, with other accuracies."""
    suite = str(course / "solutions" / "lenet" / "test_hidden.py")
    assert calibration.track_beside(suite, {}).recipe == asdict(tracks.recipe("digits"))
    with pytest.raises(SpecError, match=r"made with Recipe\(epochs=10.*expected Recipe\(epochs=3"):
        calibration.track_beside(suite, {"epochs": 3})


def test_a_calibration_from_another_device_warns():
    """It is used, for accuracies differ little; who reads the record is told."""
    on_cpu, on_gpu = made(small_dataset()), made(small_dataset(), device="cuda (NVIDIA H200)")
    assert calibration.warning(on_cpu, "cpu") == ""
    assert calibration.warning(on_gpu, "cuda") == ""
    assert "measured on cpu, this was trained on cuda" in calibration.warning(on_cpu, "cuda")
    assert "measured on cuda (NVIDIA H200), this was trained on cpu" in calibration.warning(on_gpu, "cpu")


def test_how_far_the_loss_falls_follows_from_the_runs():
    """Hard images let it fall less; what right programs do is allowed, and what easy images allow is the least that is asked."""
    noise = small_dataset()
    easy = made(noise)
    assert easy.fall == calibration.FALL
    drawn = np.random.default_rng(0).normal(0.76, 0.01, 20)
    hard = replace(
        easy, runs=tuple(replace(run, last_loss=2 * r) for run, r in zip(easy.runs, drawn, strict=True))
    )
    assert drawn.max() < hard.fall < 0.85
    assert hard.fall * 100 == pytest.approx(round(hard.fall * 100))


def changed(**changes):
    """Take a right file and change fields of its top, or of its first run (`run_...`)."""
    raw = json.loads(calibration.to_json(made(small_dataset())))
    for name, value in changes.items():
        place, key = (raw["runs"][0], name[4:]) if name.startswith("run_") else (raw, name)
        if value is ...:
            del place[key]
        else:
            place[key] = value
    return json.dumps(raw)


BROKEN = {
    "empty": ("", "JSONDecodeError"),
    "cut off": (calibration.to_json(made(small_dataset()))[:-10], "JSONDecodeError"),
    "a list": ("[]", "expected an object with a list of runs"),
    "no runs": (changed(runs=...), "expected an object with a list of runs"),
    "runs that are numbers": (changed(runs=[1]), "Run: got int, expected seed"),
    "a field too many": (changed(more=1), "Calibration: got dataset"),
    "a run's field too few": (changed(run_seed=...), "Run: got program"),
    "no recipe": (changed(recipe=None), "Recipe: got NoneType"),
    "a recipe of text": (changed(recipe={"epochs": "1", "batch_size": 1, "lr": 1}), "Recipe.epochs: got '1'"),
    "a threshold of text": (changed(threshold="0.9"), "Calibration.threshold: got '0.9'"),
    "an accuracy that is no number": (changed(run_accuracy=float("nan")), "Run.accuracy: got nan"),
    "a seed that is a truth": (changed(run_seed=True), "Run.seed: got True"),
    "versions of numbers": (changed(versions={"torch": 2}), "versions: expected texts by name"),
    "deep": ("[" * 100_000, "RecursionError"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_refused_by_name_and_reason(tmp_path, kind):
    """Nothing but what the command writes is a calibration: points hang on it."""
    text, reason = BROKEN[kind]
    path = tmp_path / "noise.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        calibration.read_calibration(path, small_dataset())
    assert str(caught.value).startswith(f"{path}: no calibration (")
    assert reason in str(caught.value)
    assert "legrade calibrate" in str(caught.value)


def test_a_file_without_end_is_refused(tmp_path, monkeypatch):
    """No more is read than the largest file that could be one; the cap is small here, for speed."""
    monkeypatch.setattr(calibration, "MOST_BYTES", 1000)
    path = tmp_path / "noise.json"
    path.write_text("[" + "1," * 1000, encoding="utf-8")
    with pytest.raises(SpecError, match="more than 1000 bytes"):
        calibration.read_calibration(path, small_dataset())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(sorted(json.loads(changed()))) | st.sampled_from(["run_seed", "run_accuracy"]),
    JSON | st.binary(max_size=40),
)
@settings(deadline=None)
def test_any_file_is_a_calibration_or_a_refusal(tmp_path_factory, field, value):
    """Any bytes, and any value in any place, raise nothing but our own error."""
    path = tmp_path_factory.mktemp("fuzz") / "noise.json"
    path.write_bytes(value if isinstance(value, bytes) else changed(**{field: value}).encode())
    try:
        known = calibration.read_calibration(path, small_dataset())
    except SpecError:
        return
    assert calibration.from_json(calibration.to_json(known)) == known


# Programs


def test_programs_are_taken_by_the_variant_that_they_name(tmp_path):
    """A new right program is trained without being listed anywhere; the reference builds every variant."""
    (tmp_path / "correct").mkdir()
    (tmp_path / "reference.py").write_text("# LEGRADE-CANARY x\nONE = 1\n")
    (tmp_path / "correct" / "other.py").write_text("# LEGRADE-CANARY x\n# variant: sigmoid\nTWO = 2\n")
    (tmp_path / "correct" / "plain.py").write_text("THREE = 3\n")
    assert [p.name for p in calibration_programs.find_programs(tmp_path)] == ["reference", "plain"]
    sigmoid = calibration_programs.find_programs(tmp_path, architecture_of({"variant": "sigmoid"}))
    assert [p.name for p in sigmoid] == ["reference", "other"]
    assert "return build_lenet(**{'channels': 1," in sigmoid[0].source
    assert "'Sigmoid'" in sigmoid[0].source
    with pytest.raises(
        SpecError, match=r"no right program of the variant 'relu'; expected at least reference"
    ):
        calibration_programs.find_programs(tmp_path / "nothing")


def test_the_architecture_fits_the_images():
    """It is chosen by their shape, or refused with what would fit."""
    noise = small_dataset()
    colour = replace(noise, x_train=np.zeros((2, 3, 32, 32), dtype=np.float32))
    assert calibration_programs.architecture_for(noise, "relu").name == "relu"
    assert calibration_programs.architecture_for(colour, "sigmoid").name == "sigmoid-3x32x32"
    assert calibration_programs.architecture_for(noise, "relu", "1x28x28-unpadded").parameters == 44426
    with pytest.raises(SpecError, match="the images of noise are 3x32x32; expected input '3x32x32'"):
        calibration_programs.architecture_for(colour, "relu", "1x28x28")
    with pytest.raises(SpecError, match="tanh"):
        calibration_programs.architecture_for(noise, "tanh")


@pytest.mark.parametrize(
    "options", [{}, {"variant": "sigmoid"}, {"input": "1x28x28-unpadded"}, {"input": "3x32x32"}]
)
def test_the_reference_of_each_architecture_is_trained_in_the_sandbox(course, tier_a, options):
    """One step each: it builds, takes our first weights, trains and predicts."""
    lenet = architecture_of(options)
    x = np.random.default_rng(0).random((48, *lenet.image), dtype=np.float32)
    images = Dataset("noise", x[:32], np.arange(32) % 10, x[32:], np.arange(16) % 10, "0" * 64)
    program = calibration_programs.find_programs(course / "solutions" / "lenet", lenet)[0]
    run = calibrating.train_once(Plan(images, ONCE, (program,), lenet.name), tier_a, program, 0)
    assert 1.5 < run.first_loss == run.last_loss < 4
    assert run.program == "reference"


@given(st.integers(0, 2**32), st.permutations(range(10)))
@settings(deadline=None, max_examples=20)
def test_first_weights_are_those_of_pytorch(seed, order):
    """Bounded by 1 / sqrt(inputs) of a cell, nearly reaching it, in whatever order a model lists its parameters."""
    shapes = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,)]
    inputs = [25, 25, 150, 150, 400, 400, 120, 120, 84, 84]
    got = calibrating.first_weights([shapes[i] for i in order], np.random.default_rng(seed))
    for place, part in zip(order, got, strict=True):
        bound = inputs[place] ** -0.5
        assert part.shape == shapes[place]
        assert np.abs(part).max() <= bound * 1.0001
        assert part.size < 100 or np.abs(part).max() > 0.9 * bound


# Trainings


def plan(*sources):
    """Plan one epoch on noise."""
    programs = tuple(Program(f"p{number}", source) for number, source in enumerate(sources))
    return Plan(small_dataset(), ONCE, programs)


def test_a_device_is_one_that_the_sandbox_has():
    """A threshold is recorded under the model of its GPU; asking for one that is not there is answered at once."""
    cpu, cuda = SimpleNamespace(device="cpu"), SimpleNamespace(device="cuda (NVIDIA H200)")
    assert [calibrating.device_of(sandbox, "cpu") for sandbox in (cpu, cuda)] == ["cpu", "cpu"]
    assert calibrating.device_of(cuda, "cuda") == "cuda (NVIDIA H200)"
    for sandbox, wanted in ((cpu, "cuda"), (cuda, "mps")):
        with pytest.raises(
            SpecError, match=f"device '{wanted}': expected 'cpu', or 'cuda' .*`legrade doctor`"
        ):
            calibrating.device_of(sandbox, wanted)


def test_an_interrupted_calibration_goes_on_and_ends_the_same(tmp_path, tier_a):
    """Runs are on the disk as soon as they are made, a line that is cut off is made again, programs take turns."""
    wanted, told = plan(GUESSES, GUESSES + "\n"), []
    whole = calibrating.calibrate(wanted, tier_a, 20, journal=tmp_path / "whole", told=told.append)
    assert [run.program for run in told] == ["p0", "p1"] * 10
    assert [run.seed for run in told] == list(range(20))

    def stop(run):
        if run.seed == 5:
            raise KeyboardInterrupt

    journal = tmp_path / "journal"
    with pytest.raises(KeyboardInterrupt):
        calibrating.calibrate(wanted, tier_a, 20, journal=journal, told=stop)
    with journal.open("a", encoding="utf-8") as file:
        file.write('{"seed": 6, "prog')
    lines = journal.read_text("utf-8").splitlines()
    assert [json.loads(line)["seed"] for line in lines[1:-1]] == [0, 1, 2, 3, 4, 5]
    assert calibrating.calibrate(wanted, tier_a, 20, journal=journal, told=lambda _: None) == whole


def test_a_journal_of_another_calibration_is_not_gone_on_with(tmp_path, tier_a):
    """Runs of two recipes would be no sample of either; what is no journal is said to be none."""
    journal, wanted = tmp_path / "journal", plan(GUESSES)
    calibrating._begun(journal, replace(wanted, device="cuda"))
    with pytest.raises(SpecError, match=r"runs of another calibration .*remove it to begin anew"):
        calibrating.calibrate(wanted, tier_a, 20, journal=journal, told=lambda _: None)
    journal.unlink()
    calibrating._begun(journal, wanted)
    journal.write_text(journal.read_text("utf-8") + "[]\n", encoding="utf-8")
    with pytest.raises(SpecError, match="no journal of runs"):
        calibrating._begun(journal, wanted)
    journal.write_bytes(b"\xff\xfe")
    with pytest.raises(SpecError, match="cannot be read"):
        calibrating._begun(journal, wanted)
    with pytest.raises(AutograderError, match=r"cannot be written: .*give --out a folder of your own"):
        calibrating._begun(tmp_path / "missing" / "journal", wanted)


FAILS = {
    "does not load": ("import nothing_of_the_kind", "p0: ModuleNotFoundError"),
    "raises": (
        GUESSES.replace("return [float", "raise ValueError; return [float"),
        "p0, seed 0: .*ValueError",
    ),
    "lacks predict": (GUESSES.replace("predict", "guess"), "p0, seed 0: .*`predict` is not defined"),
    "returns classes": (GUESSES.replace("detach()", "argmax(1)"), "predict returned an array of int64"),
}


@pytest.mark.parametrize("kind", FAILS)
def test_a_program_that_is_not_right_stops_the_calibration(tmp_path, tier_a, kind):
    """No threshold is made of programs that fail; the message names the program and the seed."""
    source, reason = FAILS[kind]
    with pytest.raises(SpecError, match=reason):
        calibrating.calibrate(plan(source), tier_a, 20, journal=tmp_path / "j", told=lambda _: None)


def test_the_command_trains_records_and_concludes(tmp_path, tier_a):
    """Twenty trainings of a program that guesses have a threshold near chance; the file is read back, the journal is gone."""
    (tmp_path / "solutions" / "guesses").mkdir(parents=True)
    (tmp_path / "assignments").mkdir()
    (tmp_path / "solutions" / "guesses" / "reference.py").write_text(GUESSES)
    code = "from autograder.cli import main; main()"
    options = ["--runs", "20", "--epochs", "1", "--course", ".", "--out", "out.json"]
    done = subprocess.run(
        [sys.executable, "-c", code, "calibrate", "guesses", *options],
        check=False, cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(", reference: accuracy 0.") == 20
    assert "out.json: 20 runs on cpu, accuracy 0." in done.stdout
    found = calibration.read_calibration(tmp_path / "out.json", load("digits"), ONCE)
    assert found.threshold < 0.1
    assert found.versions.keys() == VERSIONS.keys()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["assignments", "out.json", "solutions"]


def test_the_command_names_every_data_set_in_its_help():
    """The texts of options are written by hand."""
    from autograder import calibrate_cli

    text = calibrate_cli.Images.__metadata__[0].help
    assert all(name in text for name in datasets.names())


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    """After an hour of training the runs are still in the journal."""
    journal = tmp_path / "journal"
    journal.write_text("runs")
    with pytest.raises(AutograderError, match=r"cannot be written: .*give --out a folder of your own"):
        calibrating.store(made(small_dataset()), tmp_path / "missing" / "out.json", journal)
    assert journal.exists()
