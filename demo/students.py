"""The demo's class: thirty invented students, how they answer a quiz, and what twelve of them hand in."""

import hashlib
import json
import string
from dataclasses import dataclass
from pathlib import Path

from question_bank.issued import KeyItem, read_sheets
from question_bank.values import show

ROOT = Path(__file__).resolve().parent.parent
NAMES = [
    "Ana Sousa",
    "Đặng Thị Bích",
    "Carlos Núñez",
    "Dmitri Orlov",
    "Eszter Kovács",
    "Fatima Zahra",
    "Gao Ming",
    "Hana Sato",
    "Ingrid Berg",
    "Jean Dupont",
    "Kofi Mensah",
    "Lê Văn Minh",
    "Maria Rossi",
    "Nils Larsen",
    "Olga Petrova",
    "Phạm Thu Hà",
    "Quentin Leroy",
    "Rosa Marín",
    "Søren Holm",
    "Tuấn Trần",
    "Ursula Vogt",
    "Victor Hugo",
    "Wei Chen",
    "Ximena Rojas",
    "Yusuf Demir",
    "Zofia Nowak",
    "Ngô Bảo An",
    "Bilal Khan",
    "Chloé Martin",
    "Diego Silva",
]

IM2COL_MISTAKES = ("padding-ignored", "windows-thought-to-touch")


@dataclass(frozen=True, slots=True)
class HandIn:
    """What one student hands in for one assignment."""

    student: str
    what: str
    """In words, for the demo's table."""
    sources: tuple[Path, ...]
    """Programs whose text goes into the notebook; none: the file itself is broken."""


def roster() -> list[tuple[str, str]]:
    """List ids and names."""
    return [(f"s{number:02}", name) for number, name in enumerate(NAMES, start=1)]


def write_responses(papers: Path, out: Path) -> None:
    """Answer every paper as its student would: some know it, some hold one named mistake, some skip a question."""
    out.mkdir(parents=True)
    for student, sheet in sorted(read_sheets(papers).items()):
        answers = {}
        for item in sheet.items:
            for part in range(len(item.question.parts)):
                text = _answer(student, item, part)
                if text is not None:
                    answers[f"{item.id}/{string.ascii_lowercase[part]}"] = text
        response = {"paper": sheet.paper, "student": student, "answers": answers}
        (out / f"{student}.json").write_text(json.dumps(response, ensure_ascii=False), encoding="utf-8")


def _answer(student: str, item: KeyItem, part: int) -> str | None:
    """Draw from the student and the item: mostly right, sometimes a named mistake, now and then nothing."""
    byte = hashlib.sha256(f"{student} {item.id} {part}".encode()).digest()
    skill = 90 + 5 * int(student[1:])  # of 256: the class is ordered from weak to strong
    answer = item.question.parts[part].answer
    wrong = [w.value for w in item.question.wrong if w.part == part]
    if byte[0] < skill or not wrong:
        return show(answer.value)
    if byte[1] < 40:
        return None
    return show(wrong[byte[2] % len(wrong)])


def _solution(function: str, kind: str, name: str) -> Path:
    return ROOT / "solutions" / function / kind / f"{name}.py"


def _three(student: str, what: str, conv: Path, columns: str = "loops", dense: str = "einsum") -> HandIn:
    """Put a convolution beside an im2col and a 1x1 convolution, each named by its file."""
    kind = "mistakes" if columns in IM2COL_MISTAKES else "correct"
    others = _solution("im2col", kind, columns), _solution("conv2d_1x1_as_dense", "correct", dense)
    return HandIn(student, what, (conv, *others))


def convolution_hand_ins(*, with_disk_reader: bool) -> list[HandIn]:
    """List twelve submissions of every kind; the disk reader needs a sandbox that hides the disk."""
    own = ROOT / "demo" / "submissions"

    def right(style: str) -> Path:
        return _solution("conv2d_forward", "correct", style)

    def wrong(mistake: str) -> Path:
        return _solution("conv2d_forward", "mistakes", mistake)

    found = [
        _three("s01", "right: loops", right("loops")),
        _three("s02", "right: views of windows", right("sliding_window"), "sliding_window", "tensordot"),
        _three("s03", "right: one matrix product", right("matrix"), "fancy_indices", "pixels_as_rows"),
        _three("s04", "right: single precision", right("single_precision"), dense="single_precision"),
        _three("s05", "wrong: kernel flipped", wrong("kernel-flipped")),
        _three("s06", "wrong: padding in two", wrong("padding-once"), "padding-ignored"),
        _three("s07", "wrong: stride in two", wrong("stride-on-rows-only"), "windows-thought-to-touch"),
        _three("s08", "wrong: bias forgotten", wrong("bias-forgotten")),
        _three("s09", "endless loop", own / "endless_loop.py"),
        _three("s10", "crash", own / "crash.py"),
        _three("s11", "reads the disk for the solution", own / "disk_reader.py"),
        HandIn("s12", "broken file", ()),
    ]
    return [entry for entry in found if with_disk_reader or entry.student != "s11"]


def lenet_hand_ins() -> list[HandIn]:
    """List four networks: two that learn, two that were trained wrongly; one has its batch normalisation misplaced, too."""

    def two(student: str, what: str, lenet: Path, sequential: Path) -> HandIn:
        return HandIn(student, what, (sequential, lenet))

    right = _solution("build_sequential", "correct", "blocks")
    misplaced = _solution("build_sequential", "mistakes", "batch-norm-after-relu")
    unrolled, loaded = (_solution("lenet", "correct", n) for n in ("module_class", "sequential_dataloader"))
    kept, ascending = (_solution("lenet", "mistakes", n) for n in ("gradients-not-zeroed", "gradient-ascent"))
    return [
        two("s01", "right: a module class", unrolled, right),
        two("s02", "right: a DataLoader", loaded, _solution("build_sequential", "correct", "named_layers")),
        two("s05", "wrong: gradients never cleared", kept, right),
        two("s06", "wrong: two of two", ascending, misplaced),
    ]


def program(path: Path) -> str:
    """Read a program as a student would have typed it: without the canary line of the course's files."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith(("# LEGRADE-CANARY", "# needs:"))) + "\n"


def fill_in(notebook: str, hand_in: HandIn) -> str:
    """Write a student's programs into the stub cells of a released notebook, as text."""
    content = json.loads(notebook)
    for source in hand_in.sources:
        text = program(source)
        cells = [
            cell
            for cell in content["cells"]
            if cell["metadata"].get("nbgrader", {}).get("solution")
            and any(f"def {name}(" in "".join(cell["source"]) for name in _defined(text))
        ]
        for cell in cells:
            cell["source"] = ["# see below\n"]
        cells[-1]["source"] = text.splitlines(keepends=True)
    broken = json.dumps(content, ensure_ascii=False, indent=1)
    return broken if hand_in.sources else broken[: len(broken) // 3]


def _defined(text: str) -> list[str]:
    return [line[4:].partition("(")[0] for line in text.splitlines() if line.startswith("def ")]
