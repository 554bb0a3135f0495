"""Fixtures that several test files share; sandboxes live as long as the test session, as in a grader."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from autograder.errors import TierError
from autograder.sandboxes.prefork import PreforkSandbox
from autograder.sandboxes.probe import open_sandbox

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ROOT = Path(__file__).resolve().parent.parent

# Tests run in as many processes as there are processors. Two of them with several threads each, and whatever they start,
# wait for each other most of the time: the public checks of the assignments took four times as long. Set before torch is
# imported, and for the processes of commands, notebooks and nbgrader.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_make_parametrize_id(val):
    """Name bytes by their length: packed data may hold the time, and every process must give a test the same name."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def course():
    """The open example course of this repository."""
    return ROOT


@pytest.fixture(scope="session")
def tier_a():
    """A tier A sandbox; where it cannot be had the test says so instead of testing less."""
    try:
        sandbox = open_sandbox("A")
    except TierError as error:
        if os.environ.get("LEGRADE_REQUIRE_TIER_A"):
            pytest.fail(
                str(error)
            )  # set where the machine has user namespaces: a skip there would hide a fault of ours
        pytest.skip(str(error).splitlines()[0][:300])
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session")
def tier_c():
    """A plain process."""
    sandbox = PreforkSandbox("C")
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session")
def tier_b():
    """A sandbox without user namespaces: Landlock, a filter of system calls, limits."""
    try:
        sandbox = open_sandbox("B")
    except TierError as error:
        if os.environ.get("LEGRADE_REQUIRE_TIER_B"):
            pytest.fail(str(error))  # as above
        pytest.skip(str(error).splitlines()[0][:300])
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session", params=["A", "B", "C"])
def sandbox(request):
    """Every sandbox fulfils the same contract."""
    return request.getfixturevalue(f"tier_{request.param.lower()}")


@pytest.fixture(scope="session", params=["A", "B"])
def isolated(request):
    """Every sandbox that isolates keeps the same promises."""
    return request.getfixturevalue(f"tier_{request.param.lower()}")


@pytest.fixture(scope="session")
def data_dir():
    """The real data sets, which are never part of the project."""
    for candidate in (os.environ.get("LEGRADE_DATA_DIR"), ROOT.parent / "shared" / "datasets"):
        if candidate and Path(candidate).is_dir():
            return Path(candidate)
    pytest.skip("no data sets: set LEGRADE_DATA_DIR to a folder with mnist/ and fashion_mnist/")


@pytest.fixture(scope="session")
def node_modules():
    """The folder of programs of others, from the npm registry, that read what we write; `make test` installs them."""
    installed = ROOT / ".venv" / "npm"
    if shutil.which("node") is None:
        pytest.skip(
            "no node: install Node.js 20 or newer, then `make test` brings what tests/npm/package.json names"
        )
    done = subprocess.run(
        ["node", "-p", "parseInt(process.versions.node)"], capture_output=True, text=True, check=True
    )
    if int(done.stdout) < 20:
        pytest.skip(f"Node.js {done.stdout.strip()} is too old for the programs of tests/npm: 20 or newer")
    if not (installed / ".installed").exists():
        pytest.skip("tests/npm is not installed: `make .venv/npm/.installed` does it, with npm and a network")
    return installed / "node_modules"


class Warm:
    """Runs `legrade` in a process of its own, forked from one that has imported its libraries (`tests/warm.py`).

    Nothing has run in that process, so a command finds what it would find in a new one, some seconds earlier. Whether
    the installed program starts is for tests that start it.
    """

    def __init__(self, folder):
        self._folder = folder
        self._server = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("warm.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def __call__(self, *arguments, cwd=None, stdin="", timeout=200, **variables):
        """Run a command; variables come on top of those of this process."""
        streams = [self._folder / name for name in ("stdin", "stdout", "stderr")]
        streams[0].write_text(stdin, encoding="utf-8")
        job = {
            "argv": ["legrade", *map(str, arguments)],
            "cwd": str(cwd or Path.cwd()),
            "env": {**os.environ, **variables},
            "streams": [(str(path), mode) for path, mode in zip(streams, "rww", strict=True)],
        }
        print(json.dumps(job), file=self._server.stdin)
        overdue = threading.Timer(timeout, os.killpg, (int(self._server.stdout.readline()), signal.SIGKILL))
        overdue.start()
        code = int(self._server.stdout.readline())
        overdue.cancel()
        out, err = (path.read_text(encoding="utf-8") for path in streams[1:])
        return subprocess.CompletedProcess(job["argv"], code, out, err)

    def close(self):
        """End the process."""
        self._server.communicate(timeout=20)


@pytest.fixture(scope="session")
def legrade(tmp_path_factory):
    """Run the command line in a process of its own: `legrade("exam", "mark", folder, cwd=..., stdin=...)`."""
    warm = Warm(tmp_path_factory.mktemp("warm"))
    yield warm
    warm.close()


@pytest.fixture(scope="module")
def browser():
    """One Chromium for all tests of a module."""
    playwright_api = pytest.importorskip(
        "playwright.sync_api", reason="no playwright: pip install -e '.[dev]'"
    )
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip("no browser: apt-get install -y chromium")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A fresh page of which every complaint on the console, and every request but for files, is a failure."""
    context = browser.new_context(accept_downloads=True)
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith(("file:", "blob:")) else complaints.append(r.url))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def one_thread():
    """Let torch use one thread: where threads wait for each other over tiny tensors, tests take many times as long."""
    from question_bank import verification  # here: only tests of questions need torch

    with verification.one_thread():
        yield
