"""The command `legrade calibrate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from autograder.calibration import Run


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="calibrate")(calibrate)


Name = Annotated[
    str, typer.Argument(help="A folder in solutions/ whose functions are build_model, fit and predict.")
]
Out = Annotated[Path, typer.Option(help="The file to write, such as solutions/lenet/calibration/mnist.json.")]
Images = Annotated[
    str, typer.Option(help="cifar10, digits, fashion_mnist, fashion_mnist_full, mnist or mnist_full.")
]
Epochs = Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.")]
Runs = Annotated[int, typer.Option(min=20, help="Trainings, each with another seed and secret.")]
Device = Annotated[str, typer.Option(help="cpu or cuda; cuda where the sandbox gives its workers a GPU.")]
Variant = Annotated[str, typer.Option(help="relu (with max pooling) or sigmoid (with average pooling).")]
Input = Annotated[
    str | None,
    typer.Option("--input", help="1x28x28, 1x28x28-unpadded or 3x32x32; by default the first that fits."),
]
DataDir = Annotated[
    Path | None,
    typer.Option(help="Folder with a folder for each data set; LEGRADE_DATA_DIR by default."),
]
Course = Annotated[Path | None, typer.Option(help="Folder that holds solutions/.")]
Tier = Annotated[str, typer.Option(help="A, B or C, as for `legrade grade`.")]


def calibrate(
    name: Name,
    out: Out,
    dataset: Images = "digits",
    epochs: Epochs = None,
    runs: Runs = 60,
    device: Device = "cpu",
    variant: Variant = "relu",
    shape: Input = None,
    data_dir: DataDir = None,
    course: Course = None,
    tier: Tier = "A",
) -> None:
    """Train right solutions many times in the sandbox; record every run, and the threshold that 1 in 1,000 misses.

    A run that was interrupted goes on when the same command is given again.
    """
    from autograder import calibrating, calibration_programs, datasets, tracks
    from autograder.course import find_course
    from autograder.sandboxes.probe import open_sandbox

    images = datasets.load(dataset, data_dir)
    lenet = calibration_programs.architecture_for(images, variant, shape)
    programs = calibration_programs.find_programs(find_course(course) / "solutions" / name, lenet)
    recipe = tracks.recipe(dataset, epochs, variant=lenet.name)
    journal = out.with_name(f"{out.name}.runs")

    def told(run: "Run") -> None:
        typer.echo(f"seed {run.seed}, {run.program}: accuracy {run.accuracy:.4f}", err=True)

    with open_sandbox(tier) as sandbox:
        where = calibrating.device_of(sandbox, device)
        plan = calibrating.Plan(images, recipe, programs, lenet.name, where)
        found = calibrating.calibrate(plan, sandbox, runs, journal=journal, told=told)
    calibrating.store(found, out, journal)
    lowest = min(run.accuracy for run in found.runs)
    typer.echo(
        f"{out}: {len(found.runs)} runs on {found.device}, accuracy {found.mean:.4f} (standard deviation {found.spread:.4f}, "
        f"lowest {lowest:.4f}); threshold {found.threshold:.2f}: with confidence 0.95 a right solution misses it less than "
        "once in 1,000 trainings"
    )
