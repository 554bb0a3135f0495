"""Making pools: the items of each group, all different and of one stratum, frozen once and written for course systems.

    OUT/lms/pool.json             the items with their keys: the source of truth     (mode 0600)
    OUT/lms/PAPER-moodle.xml ...  what is imported, with keys and feedback           (mode 0600)

Nothing of it is for students; the folder `lms/` is readable by its owner only (mode 0700).
"""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from question_bank import bank
from question_bank.blueprint_data import OPTIONS, PER_STUDENT, SHUFFLES, Blueprint
from question_bank.draw import Draw
from question_bank.errors import BlueprintError, FormatError
from question_bank.exporters import KEY_EXPORTERS
from question_bank.frozen import canonical
from question_bank.issued import KeyItem, Planned, private_folder, write_whole
from question_bank.issuing import identity, plain
from question_bank.keys import CourseKey
from question_bank.model import Question
from question_bank.own_data import OwnQuestion, is_own
from question_bank.paper import Heading
from question_bank.planning import plan, stratum
from question_bank.pool import FrozenPool, Group, Pool
from question_bank.translation import localize
from question_bank.verification import one_thread

MAX_VARIANTS: Final = 1000
_ATTEMPTS: Final = 16
_CODE_BYTES: Final = 5
_CROCKFORD: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghjkmnpqrstvwxyz")


@dataclass(frozen=True, slots=True)
class BuiltPool:
    """What a build did.

    Attributes:
        pool: the items.
        files: what was written for course systems.
        kept: whether the pool was there already and its items are unchanged.
        losses: what a format cannot express, by its name.
    """

    pool: Pool
    files: tuple[Path, ...]
    kept: bool
    losses: tuple[tuple[str, str], ...]


def build_pool(
    blueprint: Blueprint, key: CourseKey, variants: int, out: Path, formats: Sequence[str] = ("moodle",)
) -> BuiltPool:
    """Write a pool under `out/lms`; building it again gives the same bytes, whatever families have become since.

    Raises:
        UnknownNameError: no such format.
        BlueprintError: `out` holds the pool of another blueprint, key or number of variants.
        ExportError: a format cannot express an item; nothing of that format is written.
        OracleMismatchError: a family's key is wrong; nothing is written.
        MissingTranslationError: a text has no translation.
        FormatError: the frozen pool is damaged.
    """
    exporters = tuple(KEY_EXPORTERS.get(name) for name in dict.fromkeys(formats))
    folder = out / "lms"
    frozen = read_pool(out)
    kept = frozen is not None
    if frozen is None:
        frozen = FrozenPool(make_pool(blueprint, key, variants), blueprint, variants, key.fingerprint)
    _check_same(frozen, FrozenPool(frozen.pool, blueprint, variants, key.fingerprint), out)
    written = [(exporter, exporter.export(frozen.pool)) for exporter in exporters]
    private_folder(folder)
    write_whole(folder / "pool.json", canonical(frozen.to_json()) + b"\n", 0o600)
    files = []
    for exporter, data in written:
        path = folder / f"{blueprint.paper}-{exporter.name}{exporter.suffix}"
        write_whole(path, data, 0o600)
        files.append(path)
    lost = tuple((each.name, loss) for each in exporters for loss in each.losses(frozen.pool))
    return BuiltPool(frozen.pool, tuple(files), kept, lost)


def read_pool(out: Path) -> FrozenPool | None:
    """Return the frozen pool of a folder; None when there is none yet.

    Raises:
        FormatError: it is damaged; the message names file and field.
    """
    path = out / "lms" / "pool.json"
    if not path.exists():
        return None
    try:
        return FrozenPool.from_json(json.loads(path.read_bytes()))
    except FormatError as error:
        raise FormatError(f"{path}: {error}; restore it from a copy") from None
    except (OSError, ValueError, RecursionError) as error:
        raise FormatError(
            f"{path}: cannot be read as frozen JSON ({error}); restore it from a copy"
        ) from None


def make_pool(blueprint: Blueprint, key: CourseKey, variants: int) -> Pool:
    """Make the groups of a blueprint: one for each question of a paper.

    Raises:
        OracleMismatchError: a family's key is wrong.
    """
    maker = _Maker(blueprint, key)
    planned = plan(blueprint, key, variants)
    with one_thread():
        groups = tuple(maker.group(each, variants) for each in planned)
    return Pool(blueprint.title, blueprint.paper, groups, blueprint.language, _headings(blueprint, planned))


def _headings(blueprint: Blueprint, planned: Sequence[Planned]) -> tuple[Heading, ...]:
    """Return what is said before the groups of each section; nothing where no section says anything."""

    def said(text: str) -> str:
        return text and plain(blueprint.said(text, blueprint.language))

    headings = tuple(
        Heading(said(section.title), said(section.intro), sum(each.slot < slots.start for each in planned))
        for section, (slots, _) in zip(blueprint.sections, blueprint.groups(), strict=False)
    )
    return headings if any(heading.title or heading.intro for heading in headings) else ()


class _Maker:
    """Makes one group after the other and knows what items there are already."""

    def __init__(self, blueprint: Blueprint, key: CourseKey) -> None:
        self._blueprint = blueprint
        self._key = key
        self._codes: set[str] = set()
        self._taken: set[str] = set()

    def group(self, planned: Planned, variants: int) -> Group:
        """Make a group of as many items as the stratum holds, none of which is in another group; one of a question of its own."""
        own = self._blueprint.own(planned.family) if is_own(planned.family) else None
        items = []
        for number, question in enumerate((own.question,) if own else self._questions(planned, variants)):
            self._taken.add(identity(question))
            language = self._blueprint.language
            read = own.read_in(question, language) if own else localize(question, language)
            name = self._code(planned, number)
            items.append(KeyItem(name, planned.slot, planned.points, read, credit=planned.credit))
        slot = self._blueprint.slots[planned.slot]
        place = f"{planned.slot + 1}.{planned.number + 1}" if slot.count > 1 else str(planned.slot + 1)
        return Group(
            f"Slot {place}: {planned.family}",
            "" if own else bank.get(planned.family).topic,
            planned.points,
            tuple(items),
            1 if own else variants,
            planned.radicals,
            self._shuffle(planned.slot, own),
        )

    def _shuffle(self, slot: int, own: OwnQuestion | None) -> tuple[str, ...]:
        """Return what a slot's section shuffles, without the options of a question that keeps their order."""
        kept = (OPTIONS,) if own and own.keep_order else ()
        return tuple(what for what in SHUFFLES if what not in kept and self._blueprint.shuffled(slot, what))

    def _questions(self, planned: Planned, variants: int) -> Iterator[Question]:
        """Yield different questions of a stratum."""
        family = bank.get(planned.family)
        fields = (self._blueprint.paper, planned.slot, planned.number, family.name, family.version)
        draw = Draw(self._key.derive("pool", *fields))
        points = draw.child("points").shuffle(stratum(planned))
        found: set[str] = set()
        attempts = range(_ATTEMPTS * variants) if family.maker.drawn else range(len(points))
        for attempt in attempts:
            if len(found) == variants:
                return
            index = points[attempt % len(points)]
            question = bank.issue(family, index, draw.child("entries", attempt))
            same = identity(question)
            if same not in found and same not in self._taken:
                found.add(same)
                yield question

    def _code(self, planned: Planned, number: int) -> str:
        """Name an item: eight letters and digits without I, L, O, U, unique in the pool (Crockford's base 32)."""
        attempt = 0
        while True:
            fields = (self._blueprint.paper, planned.slot, planned.number, number, attempt)
            text = base64.b32encode(self._key.derive("pool item code", *fields)[:_CODE_BYTES]).decode()
            name = text.translate(_CROCKFORD)
            name = f"{name[:4]}-{name[4:]}"
            if name not in self._codes:
                self._codes.add(name)
                return name
            attempt += 1


def shortages(pool: Pool) -> tuple[str, ...]:
    """Say which groups hold fewer items than were asked for."""
    return tuple(
        f"{group.name}: {group.wanted} different items wanted, {len(group.items)} available"
        f"{_where(group)}; fix other radicals or use another family"
        for group in pool.groups
        if len(group.items) < group.wanted
    )


def unused(blueprint: Blueprint) -> tuple[str, ...]:
    """Say what of a blueprint means nothing to a pool."""
    if blueprint.versions == PER_STUDENT:
        return ()
    told = (
        f"versions = {blueprint.versions} means nothing to a pool: the course system draws for each student"
    )
    return (f"{told}; `legrade exam build` makes papers A, B and so on",)


def _where(group: Group) -> str:
    radicals = ", ".join(f"{name} = {value}" for name, value in group.radicals.items())
    return f" with {radicals}" if radicals else ""


def _check_same(frozen: FrozenPool, asked: FrozenPool, out: Path) -> None:
    """Refuse to mix pools: items that were imported once never change."""
    for what in ("blueprint", "variants", "key"):
        was, now = getattr(frozen, what), getattr(asked, what)
        if was != now:
            told = "" if what == "blueprint" else f": was {was}, is {now}"
            raise BlueprintError(
                f"{out}: holds a pool of another {what}{told}; a pool that was imported never changes, so build into another folder"
            )
