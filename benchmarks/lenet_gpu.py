"""How long does LeNet take to train, and what does grading add? Fashion-MNIST, 60,000 images, 10 epochs, batches of 128.

Run on a machine with a GPU: python benchmarks/lenet_gpu.py --data-dir FOLDER
A small version for the CPU: python benchmarks/lenet_gpu.py --data-dir FOLDER --device cpu --images 2000 --epochs 1

Each row trains the same architecture from weights of its own. The first three run in this process, after a few steps that are not
counted; the last one runs the reference as a student's program in the sandbox and counts everything around its own work: starting a
worker, sending images, hashing them for changes, fetching logits. Not run on a GPU: the graph row was written from PyTorch's
documentation ("CUDA Graphs", whole-network capture) and has only been read there.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
LENET = ROOT / "solutions" / "lenet"
RATE = 1e-3
TIMED = """
import time as _time
_spent = [0.0]
def _timed(function):
    def run(*args, **kwargs):
        begun = _time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            _spent[0] += _time.perf_counter() - begun
    return run
build_model, fit, predict = map(_timed, (build_model, fit, predict))
def spent():
    return _spent[0]
"""


@dataclass(frozen=True)
class Row:
    """One way to train."""

    name: str
    seconds: float | None
    accuracy: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Job:
    """What every row trains on, and how."""

    dataset: Any
    epochs: int
    batch: int
    device: str

    @property
    def how(self) -> dict[str, Any]:
        """Arguments of `fit`."""
        return {"epochs": self.epochs, "batch_size": self.batch, "lr": RATE, "device": self.device, "seed": 0}


def wait(device: str) -> None:
    """Let the device finish what it was given."""
    import torch

    if device == "cuda":
        torch.cuda.synchronize()


def with_loader(
    model: Any, x: Any, y: Any, *, epochs: int, batch_size: int, lr: float, device: str, seed: int
) -> None:
    """Train as tutorials do: a DataLoader whose batches go to the device one by one."""
    import torch
    from torch.nn.functional import cross_entropy
    from torch.utils.data import DataLoader, TensorDataset

    order = torch.Generator().manual_seed(seed)
    loader = DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True, generator=order)
    model.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for images, labels in loader:
            optimizer.zero_grad()
            cross_entropy(model(images.to(device)), labels.to(device)).backward()
            optimizer.step()


def with_graph(
    model: Any, x: Any, y: Any, *, epochs: int, batch_size: int, lr: float, device: str, seed: int
) -> None:
    """Record one step as a CUDA graph and replay it; the last batch, which is smaller, is stepped as usual."""
    import torch
    from torch.nn.functional import cross_entropy

    model.to(device)
    x, y = x.to(device), y.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, capturable=True)
    images, labels = x[:batch_size].clone(), y[:batch_size].clone()
    kept = [p.detach().clone() for p in model.parameters()]

    def step() -> None:
        cross_entropy(model(images), labels).backward()
        optimizer.step()

    beside = torch.cuda.Stream()
    beside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(beside):
        for _ in range(3):
            optimizer.zero_grad(set_to_none=True)
            step()
    torch.cuda.current_stream().wait_stream(beside)
    optimizer.zero_grad(set_to_none=True)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    with torch.no_grad():  # what was done to warm up does not count
        for parameter, first in zip(model.parameters(), kept, strict=True):
            parameter.copy_(first)
        for state in optimizer.state.values():
            for value in state.values():
                value.zero_()
    order = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        for chosen in torch.randperm(len(x), generator=order).to(device).split(batch_size):
            if len(chosen) == batch_size:
                images.copy_(x[chosen])
                labels.copy_(y[chosen])
                graph.replay()
            else:
                optimizer.zero_grad(set_to_none=False)  # the graph's own memory
                cross_entropy(model(x[chosen]), y[chosen]).backward()
                optimizer.step()


def measured(name: str, fit: Callable[..., object], job: Job, lenet: Any) -> Row:
    """Train in this process; a few steps first, so that no row pays for the driver's or torch's beginnings."""
    import torch

    torch.manual_seed(0)
    x, y = torch.from_numpy(job.dataset.x_train), torch.from_numpy(job.dataset.y_train)
    few = slice(0, 4 * job.batch)
    fit(lenet.build_model(), x[few], y[few], **{**job.how, "epochs": 1})
    model = lenet.build_model()
    wait(job.device)
    begun = time.perf_counter()
    fit(model, x, y, **job.how)
    wait(job.device)
    seconds = time.perf_counter() - begun
    test = torch.from_numpy(job.dataset.x_test)
    logits = lenet.predict(model, test, batch_size=1000, device=job.device)
    return Row(name, seconds, float((logits.argmax(1).numpy() == job.dataset.y_test).mean()))


def compiled(job: Job, lenet: Any) -> Row:
    """Train the reference's loop on a model that torch.compile has taken; its compilation is not counted."""
    import torch

    def fit(model: Any, *args: Any, **kwargs: Any) -> None:
        lenet.fit(torch.compile(model, mode="reduce-overhead", dynamic=False), *args, **kwargs)

    try:
        return measured("the reference, torch.compile", fit, job, lenet)
    except Exception as error:  # noqa: BLE001 -- a compiler that is not there is no failure of the benchmark
        return Row("the reference, torch.compile", None, note=f"not to be had here: {type(error).__name__}")


def graded(job: Job, tier: str) -> tuple[Row, Row]:
    """Train the reference as a student's program; return the program's own time, and what grading adds to it."""
    from autograder import calibrating
    from autograder.calibration_programs import Program
    from autograder.sandboxes.probe import open_sandbox
    from autograder.training import Recipe

    spent = []

    class Asking:
        """A worker that is asked for the program's own time before it ends."""

        def __init__(self, worker: Any) -> None:
            self._worker = worker

        def __getattr__(self, name: str) -> Any:
            return getattr(self._worker, name)

        def close(self) -> Any:
            spent.append(self._worker.call("spent", (), {}, seconds=60).value)
            return self._worker.close()

    source = (LENET / "reference.py").read_text(encoding="utf-8") + TIMED
    with open_sandbox(tier) as sandbox:
        make = sandbox.worker

        def worker(libraries: tuple[str, ...], limits: Any, *, notebook: bool) -> Any:
            return Asking(make(libraries, limits, notebook=notebook))

        sandbox.worker = worker  # type: ignore[method-assign,assignment]
        program = Program("reference", source)
        device = sandbox.device if job.device == "cuda" else "cpu"
        if job.device == "cuda" and device == "cpu":
            why = "the sandbox assigns no GPU here; see legrade doctor"
            return Row("graded: the program's own", None, note=why), Row("graded: around it", None)
        plan = calibrating.Plan(job.dataset, Recipe(job.epochs, job.batch, RATE), (program,), device=device)
        make(("numpy", "torch"), calibrating.LIMITS, notebook=False).close()  # the zygote is there in a class
        begun = time.perf_counter()
        run = calibrating.train_once(plan, sandbox, program, 0)
        whole = time.perf_counter() - begun
    return Row("graded: the program's own", spent[0], run.accuracy, "secret images"), Row(
        "graded: around it", whole - spent[0]
    )


def table(rows: list[Row]) -> str:
    """Write the rows in columns."""
    lines = [f"{'':34}{'seconds':>9}{'accuracy':>10}"]
    for row in rows:
        seconds = "-" if row.seconds is None else f"{row.seconds:.2f}"
        accuracy = "" if row.accuracy is None else f"{row.accuracy:.4f}"
        lines.append(f"{row.name:34}{seconds:>9}{accuracy:>10}  {row.note}".rstrip())
    return "\n".join(lines)


def job_of(given: argparse.Namespace) -> Job:
    """Load the images, as many as are asked for."""
    from autograder import datasets

    whole = datasets.load(given.dataset, given.data_dir)
    train, test = (
        slice(0, given.images),
        slice(0, None if given.images is None else max(100, given.images // 6)),
    )
    part = replace(
        whole, x_train=whole.x_train[train], y_train=whole.y_train[train],
        x_test=whole.x_test[test], y_test=whole.y_test[test],
    )  # fmt: skip
    return Job(part, given.epochs, given.batch_size, given.device)


def main() -> int:
    """Measure what is asked for, or say why not."""
    import torch

    from autograder.beside import load_file

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--dataset", default="fashion_mnist_full")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--images", type=int, help="fewer training images")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--tier", default="A")
    given = parser.parse_args()
    if given.device == "cuda" and not torch.cuda.is_available():
        print(
            "no CUDA device here, so nothing was measured; a small version: --device cpu --images 2000 --epochs 1"
        )
        return 1
    torch.set_num_threads(1)
    job, lenet = job_of(given), load_file(LENET / "reference.py")
    name = torch.cuda.get_device_name(0) if given.device == "cuda" else "CPU, one thread"
    print(f"{name}; torch {torch.__version__}, numpy {np.__version__}; {job.dataset.name}, {len(job.dataset.y_train)} images, "
          f"{job.epochs} epochs, batch {job.batch}")  # fmt: skip
    rows = [measured("a plain DataLoader loop", with_loader, job, lenet)]
    rows.append(measured("the reference, data on the device", lenet.fit, job, lenet))
    if given.device == "cuda":
        rows += [measured("the same, one CUDA graph a step", with_graph, job, lenet), compiled(job, lenet)]
    else:
        rows.append(Row("the same, one CUDA graph a step", None, note="needs a GPU"))
    print(table([*rows, *graded(job, given.tier)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
