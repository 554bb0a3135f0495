"""Who handed in what: the names that folders, files and learning systems give to submissions.

The rule. A student is named by the folder's name, else by the file's stem, composed (NFC). Two learning systems write who it was
into the name, and then that is the name:

- Moodle, `NAME_ID_assignsubmission_file_`, a folder or before the file's own name: `NAME_ID`;
- Canvas, `NAME_ID_FILE_...` or `NAME_LATE_ID_FILE_...`, where ID has three digits or more and FILE five or more: `NAME_ID`.

The number stays, since two students may have one name. Any other name is kept whole. Entries that would share a name
are never taken for one student: each keeps its full name, and those that are equal even then are numbered.
"""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

SUFFIXES = (".ipynb", ".py", ".zip")
"""What may be a submission; where a student has files of several kinds, the first kind counts."""
MOODLE = re.compile(r"(.+?_[0-9]+)_assignsubmission_([a-z]+)(?:_.*)?")
CANVAS = re.compile(r"([^_]+)(?:_(?i:late))?_([0-9]{3,})_[0-9]{5,}_.*\.\w+")


def identity(path: PurePath) -> str:
    """Name the student by a folder's name or a file's stem.

    >>> identity(PurePath("class/Nguyễn Ánh.ipynb"))
    'Nguyễn Ánh'
    >>> identity(PurePath("Nguyễn Ánh_4711_assignsubmission_file_homework 2.ipynb"))
    'Nguyễn Ánh_4711'
    >>> identity(PurePath("nguyenanh_LATE_4711_60213_homework 2.ipynb"))
    'nguyenanh_4711'
    >>> identity(PurePath("homework_2026_11_21.ipynb"))
    'homework_2026_11_21'
    """
    name = readable(path.name)
    if moodle := MOODLE.fullmatch(name):
        return moodle[1]
    if canvas := CANVAS.fullmatch(name):
        return f"{canvas[1]}_{canvas[2]}"
    return readable(path.stem) if path.suffix.lower() in SUFFIXES else name


def by_system(name: str) -> bool:
    """Tell whether a learning system named this entry, so that it is somebody's whatever it holds."""
    return bool(MOODLE.fullmatch(readable(name)) or CANVAS.fullmatch(readable(name)))


def may_be_submission(name: str, *, folder: bool) -> bool:
    """Tell a submission, by its name, from what editors, archives and learning systems put beside it."""
    if hidden(name):
        return False
    moodle = MOODLE.fullmatch(readable(name))
    if moodle and moodle[2] != "file":
        return False  # what was typed into a page, comments
    return folder or PurePath(name).suffix.lower() in SUFFIXES


def hidden(name: str) -> bool:
    """Tell what editors and archives leave behind: `.ipynb_checkpoints`, `__MACOSX`, `._homework.ipynb`."""
    return name.startswith((".", "__"))


def submitted(entries: Sequence[tuple[str, bool]]) -> list[tuple[str, int]]:
    """Choose the submissions among the entries of a class, and name each.

    Args:
        entries: names, and whether it is a folder.

    Returns:
        Pairs of identity, all different, and position in `entries`, sorted by the entries' names. What cannot be a submission
        is left out, unless a learning system says whose it is and nothing else is theirs: nobody may be lost.

    >>> submitted([("bob.py", False), ("anna.ipynb", False), ("bob.ipynb", False), ("notes.txt", False)])
    [('anna', 1), ('bob.ipynb', 2), ('bob.py', 0)]
    """
    order = sorted(range(len(entries)), key=entries.__getitem__)
    who = [identity(PurePath(name)) for name, _ in entries]
    chosen = [i for i in order if may_be_submission(entries[i][0], folder=entries[i][1])]
    covered = {who[i] for i in chosen}
    for i in order:
        if who[i] not in covered and not hidden(entries[i][0]) and by_system(entries[i][0]):
            covered.add(who[i])
            chosen.append(i)
    chosen.sort(key=entries.__getitem__)
    counts = Counter(who[i] for i in chosen)
    names = [who[i] if counts[who[i]] == 1 else readable(entries[i][0]) for i in chosen]
    return list(zip(_numbered(names), chosen, strict=True))


def readable(name: str) -> str:
    """Make a file's name text that every encoding, class list and terminal can carry: a line break could forge a line."""
    text = unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _numbered(names: list[str]) -> list[str]:
    """Tell equal names apart by a number behind them."""
    counts, taken, found = Counter(names), set(names), []
    last: Counter[str] = Counter()
    for name in names:
        label = name
        while counts[name] > 1 and label in taken:
            last[name] += 1
            label = f"{name} ({last[name]})"
        taken.add(label)
        found.append(label)
    return found
