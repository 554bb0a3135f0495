"""A process that has imported what `legrade` needs and forks one for each command: to import torch takes longer than most commands.

Lines of JSON come in: arguments, folder, environment, and the files for the three streams; the exit code of each goes out.
"""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import NoReturn

IMPORTED = ("autograder.cli", "question_bank.exam", "question_bank.authoring", "jinja2", "sympy", "torch")


def command(job: dict) -> NoReturn:
    """Be the process of one command, as if it were started by its user."""
    os.setpgid(0, 0)
    for number, (path, mode) in enumerate(job["streams"]):
        with Path(path).open(mode) as stream:
            os.dup2(stream.fileno(), number)
    os.chdir(job["cwd"])
    os.environ.clear()
    os.environ.update(job["env"])
    sys.argv = job["argv"]
    from autograder.cli import main

    code = 1
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 -- what nothing catches is printed, as everywhere
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def serve() -> None:
    """Answer until nobody asks any more; each command's own process is told first, so that it can be ended."""
    replies = os.fdopen(os.dup(1), "w")
    requests = os.fdopen(os.dup(0))
    for name in IMPORTED:
        importlib.import_module(name)
    for line in requests:
        if (pid := os.fork()) == 0:
            requests.close()
            replies.close()
            command(json.loads(line))
        print(pid, file=replies, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), file=replies, flush=True)


if __name__ == "__main__":
    serve()
