"""Folders that students write in where there is no root of their own: what leads to them, and how they go."""

import os
import subprocess

from autograder.errors import SandboxError

FOLDERS = ("HOME", "IPYTHONDIR", "MPLCONFIGDIR", "TMPDIR")
"""Names in the environment that lead to a folder of our own: what lies in the host's /tmp is anybody's."""


def remove_folder(folder: str) -> None:
    """Remove a folder, also where its parts have no rights, or lie deeper inside each other than Python's own functions go.

    `rm` and `chmod` follow no link below the folder, and no depth is too much for them.

    Raises:
        SandboxError: something of it is left.
    """
    told = ""
    for command in (["rm", "-rf"], ["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
        if os.path.lexists(folder):
            done = subprocess.run([*command, "--", folder], check=False, capture_output=True, text=True)
            told = done.stderr.strip()[:200]
    if os.path.lexists(folder):
        raise SandboxError(f"{folder}: could not be removed: {told}; remove it, nothing in it is needed")
