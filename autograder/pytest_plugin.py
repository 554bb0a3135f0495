"""The plug-in that runs hidden suites: fixtures `student`, `reference`, `rng`, `options`, `curve`; weights; outcomes.

One session runs every suite of a plan over up to fifty submissions, one submission after the other, and hands over
each grade's tests as soon as that submission's last test has ended. Nothing but a test that ran and held is passed.
"""

import hashlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from autograder.curves import checked
from autograder.diagnosis import diagnose
from autograder.errors import AutograderError
from autograder.loading import Loading
from autograder.model import Outcome, Plan, Quantity, TestResult
from autograder.outcomes import Case, SuiteTest, collect, judge, share_of
from autograder.proxy import StudentProxy
from autograder.reference_proxy import ReferenceProxy
from autograder.sandboxes import Sandbox
from autograder.submission import Submission
from autograder.suites import Suites


@dataclass
class Run:
    """What is known about one submission while its tests run."""

    submission: Submission
    loading: Loading
    proxies: dict[int, StudentProxy] = field(default_factory=dict)
    cases: dict[tuple[int, str], list[Case]] = field(default_factory=dict)


class GradingPlugin:
    """Fixtures and hooks of one session."""

    def __init__(
        self,
        plan: Plan,
        suites: Suites,
        submissions: Sequence[Submission],
        sandbox: Sandbox,
        *,
        seed: bytes,
        options: dict[str, Any],
        done: Callable[[int, list[TestResult], Loading, str], None],
    ) -> None:
        self._suites = suites
        self._parts = plan.parts
        self._sandbox = sandbox
        self._seed = seed
        self._options = options
        self._done = done
        ignored = plan.ignored_cells
        self._runs = [
            Run(s, Loading([cell for cell in s.cells if cell.strip() not in ignored])) for s in submissions
        ]
        self._tests: dict[tuple[int, str], SuiteTest] = {}
        self.broken: list[str] = []
        """What is wrong with the suites themselves."""

    # Collection

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the two marks of a suite."""
        config.option.tbstyle = (
            "native"  # nobody reads pytest's own report of a failure; its long form takes 50 ms
        )
        config.addinivalue_line("markers", "weight(n): the test's share of its function's points")
        config.addinivalue_line(
            "markers", "feature(name, ...): run only where the assignment taught all of them"
        )

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run every test once for each submission."""
        if "student" not in metafunc.fixturenames:
            raise pytest.Collector.CollectError(f"{metafunc.function.__name__}: expected it to use `student`")
        metafunc.parametrize("submission_index", range(len(self._runs)), indirect=True)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what kept a suite from being collected."""
        if report.failed:
            self.broken.append(str(report.longrepr)[-1500:])

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Drop what was not taught, order by submission, and share out the points."""
        folders = {part.spec.folder.resolve(): index for index, part in enumerate(self._parts)}
        functions = [item for item in items if isinstance(item, pytest.Function)]
        kept = []
        for item in functions:
            part = folders[item.path.resolve().parent]
            features = {str(name) for mark in item.iter_markers("feature") for name in mark.args}
            for feature in features - set(self._parts[part].spec.features):
                self.broken.append(f"{item.name}: feature {feature!r} is not in spec.toml")
            if features <= self._parts[part].features:
                kept.append((item.callspec.params["submission_index"], part, item))
        kept.sort(key=lambda entry: entry[:2])
        items[:] = [item for _, _, item in kept]
        self._number(items, [part for _, part, _ in kept])

    def _number(self, items: list[pytest.Item], parts: list[int]) -> None:
        """Count the cases of each test, and give each item its test and the number of its case."""
        counts: dict[tuple[int, int, str], int] = {}
        first: dict[tuple[int, str], pytest.Function] = {}
        for item, part in zip(items, parts, strict=True):
            assert isinstance(item, pytest.Function)  # noqa: S101 -- filtered above
            name = item.originalname
            run = int(str(item.callspec.params["submission_index"]))
            number = counts.get((run, part, name), 0)
            counts[run, part, name] = number + 1
            first.setdefault((part, name), item)
            item.stash[PLACE] = (run, part, name, number)
        for part in range(len(self._parts)):
            weights = {name: _weight(item) for (p, name), item in first.items() if p == part}
            total = sum(weights.values())
            points = self._parts[part].points
            if not weights:
                self.broken.append(
                    f"{self._parts[part].spec.name}: no test is left for the features that were taught"
                )
            for name, weight in weights.items():
                share = weight if points is None else points * weight / total
                description = inspect.cleandoc(first[part, name].function.__doc__ or name)
                self._tests[part, name] = SuiteTest(part, name, description, share, counts[0, part, name])

    # Fixtures

    @pytest.fixture
    def submission_index(self, request: pytest.FixtureRequest) -> int:
        """Which submission is tested."""
        return int(request.param)

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest, submission_index: int) -> StudentProxy:
        """The submission, as a callable."""
        part = request.node.stash[PLACE][1]
        run = self._runs[submission_index]
        if part not in run.proxies:
            run.proxies[part] = StudentProxy(
                run.submission, self._parts[part].spec, self._sandbox, run.loading
            )
        proxy = run.proxies[part]
        proxy.last_shapes = ""
        return proxy

    @pytest.fixture
    def reference(self, request: pytest.FixtureRequest) -> ReferenceProxy:
        """The reference's functions."""
        part: int = request.node.stash[PLACE][1]
        return self._suites.references[part]

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random numbers that are the same for the whole class, and differ by test, case and round."""
        _, part, name, number = request.node.stash[PLACE]
        label = f"{self._parts[part].spec.name}\0{name}\0{number}".encode()
        digest = hashlib.shake_256(len(self._seed).to_bytes(8, "big") + self._seed + label).digest(16)
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))

    @pytest.fixture
    def options(self, request: pytest.FixtureRequest) -> dict[str, Any]:
        """What the assignment's table for this function says, such as the data set, and the run's own options.

        `device` is what the worker was given to compute on, `cpu` or `cuda`: our word for it, not the worker's.
        """
        common = {name: value for name, value in self._options.items() if not isinstance(value, dict)}
        spec = self._parts[request.node.stash[PLACE][1]].spec
        own: dict[str, Any] = self._options.get(spec.name, {})
        device = self._sandbox.device.partition(" ")[0] if spec.limits.gpu_memory_mb else "cpu"
        return common | own | {"device": device}

    @pytest.fixture
    def curve(self, request: pytest.FixtureRequest) -> Callable[..., None]:
        """Take down what a training reported or reached over time, losses or accuracies: a picture in the feedback."""

        def keep(values: Sequence[float], of: str = Quantity.LOSS) -> None:
            request.node.stash[CURVE] = checked(values), Quantity(of)

        return keep

    # Outcomes

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        """Take down how each phase of a test ended."""
        report = yield
        run, part, name, _ = item.stash[PLACE]
        if call.when == "call" or call.excinfo is not None:
            proxy = self._runs[run].proxies.get(part)
            shapes = proxy.last_shapes if proxy is not None else ""
            error = call.excinfo.value if call.excinfo is not None else None
            outcome, reason, detail = judge(error)
            drawn = item.stash.get(CURVE, ((), Quantity.LOSS))
            case = Case(outcome, reason, detail, shapes, call.duration, share_of(error), *drawn)
            self._runs[run].cases.setdefault((part, name), []).append(case)
        return report

    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Close a function's worker after its last test, and hand over a submission after its last one."""
        place = item.stash[PLACE][:2]
        following = nextitem.stash[PLACE][:2] if nextitem is not None else (None, None)
        if place != following:
            run = self._runs[place[0]]
            if place[1] in run.proxies:
                try:
                    run.proxies[place[1]].close()
                except AutograderError as error:
                    run.loading.note(f"closing the worker: {error}")

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Hand over every submission whose tests have all ended; `nodeid` is pytest's."""
        del nodeid
        for number, run in enumerate(self._runs):
            if run.cases and self._complete(run):
                self._hand_over(number, run)

    def _complete(self, run: Run) -> bool:
        return all(len(run.cases.get(key, ())) >= test.cases for key, test in self._tests.items())

    def _hand_over(self, number: int, run: Run) -> None:
        diagnoses = {part: self._diagnose(run, part) for part in run.proxies}
        results = [
            collect(test, self._parts[test.part].spec.name, run.cases[key], diagnoses.get(test.part))
            for key, test in self._tests.items()
        ]
        output = "\n".join(proxy.output for proxy in run.proxies.values() if proxy.output)
        run.cases = {}
        run.proxies.clear()
        self._done(number, results, run.loading, output)

    def _diagnose(self, run: Run, part: int) -> str | None:
        """Name the one mistake that explains everything, where any test failed."""
        failed = any(
            case.outcome is Outcome.FAILED
            for (p, _), cases in run.cases.items()
            if p == part
            for case in cases
        )
        if not failed:
            return None
        return diagnose(run.proxies[part].calls, self._suites.mistakes[part], self._suites.caches[part])


CURVE = pytest.StashKey[tuple[tuple[float, ...], Quantity]]()
PLACE = pytest.StashKey[tuple[int, int, str, int]]()


def _weight(item: pytest.Function) -> float:
    mark = item.get_closest_marker("weight")
    return float(mark.args[0]) if mark is not None else 1.0
