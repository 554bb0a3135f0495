"""Which column of a class list is what: the exports that course systems write, told apart by their header.

| source            | told by                                    | id         | name                     | section     |
| ----------------- | ------------------------------------------ | ---------- | ------------------------ | ----------- |
| Canvas gradebook  | Student, ID, Section                       | ID         | Student                  | Section     |
| Canvas users (SIS)| user_id, login_id                          | user_id    | full_name, or first, last|             |
| Moodle            | First name, and Last name or Surname       | ID number, else Username, else Email address | first, last | Groups |
| Moodle worksheet  | Identifier, Full name                      | ID number, else Email address | Full name |             |
| nbgrader          | id, first_name, last_name                  | id         | first_name, last_name    |             |
| plain             | id, name                                   | id         | name                     | section     |

Every list may have more columns: email, language, section, extra_time, large_print, row, seat. The id is taken by the header
alone, never by what stands below it: else a class list of tomorrow could give everybody another id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from question_bank.errors import RosterError

_FIELD_LENGTH: Final = 200
OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "email": ("email", "email address", "e-mail"),
    "language": ("language",),
    "section": ("section",),
    "extra_time": ("extra_time", "extra time"),
    "large": ("large_print", "large print"),
    "row": ("row",),
    "seat": ("seat",),
}
"""Each field with the columns that it may stand in, the first that is there counts."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who writes such a list.

    Attributes:
        name: for people.
        needs: columns of which each, or one of several, must be there.
        ids: columns of the id; the first that is there counts.
        names: columns that make the name, one after the other, of the first group that is there.
        section: the column of the group, where it is called otherwise than `section`.
        roles: the column that says who is a student.
    """

    name: str
    needs: tuple[tuple[str, ...], ...]
    ids: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    section: str = "section"
    roles: str = ""


_FIRST_LAST: Final = (("first name", "last name"), ("first name", "surname"))
SOURCES: Final = (
    Source("plain", (("id",), ("name",)), ("id",), (("name",),)),
    Source("a Canvas gradebook", (("student",), ("id",), ("section",)), ("id",), (("student",),)),
    Source(
        "Canvas users",
        (("user_id",), ("login_id",)),
        ("user_id",),
        (("full_name",), ("first_name", "last_name")),
    ),
    Source("nbgrader", (("id",), ("first_name",), ("last_name",)), ("id",), (("first_name", "last_name"),)),
    Source(
        "a Moodle grading worksheet",
        (("identifier",), ("full name",)),
        ("id number", "email address"),
        (("full name",),),
    ),
    Source(
        "Moodle participants",
        (("first name",), ("last name", "surname")),
        ("id number", "username", "email address"),
        _FIRST_LAST,
        "groups",
        "roles",
    ),
)


@dataclass(frozen=True, slots=True)
class Columns:
    """What was understood of a header: who wrote it, where everything stands, and the columns that are not used."""

    source: Source
    id: str
    names: tuple[str, ...]
    fields: Mapping[str, str]
    unused: tuple[str, ...]


def understand(header: Sequence[str], name: str, id_column: str = "") -> Columns:
    """Tell what the columns of a list are; `header` is stripped and in small letters.

    Raises:
        RosterError: it is no list that is known, a column is there twice, or there is no column `id_column`.
    """
    source = next((s for s in SOURCES if all(any(c in header for c in several) for several in s.needs)), None)
    if source is None:
        missing = "id" if "id" not in header else "name"
        got = ",".join(header)[:_FIELD_LENGTH] or "nothing"
        raise RosterError(
            f"{name}: row 1: got the columns {got!r}, expected one {missing!r} among them, as in id,name,email, or an export of "
            "Moodle, Canvas or nbgrader as it is"
        )
    wanted = id_column.strip().casefold()
    if wanted and wanted not in header:
        raise RosterError(
            f"{name}: row 1: got no column {id_column!r} for the id, expected one of {', '.join(header)}"
        )
    names = next((group for group in source.names if all(column in header for column in group)), ())
    id_ = wanted or next((column for column in source.ids if column in header), "")
    if not names or not id_:
        lacking = " or ".join(source.ids) if not id_ else " or ".join(map("+".join, source.names))
        raise RosterError(
            f"{name}: row 1: got {source.name} without {lacking}, expected it among the columns"
        )
    fields = {
        field: found
        for field, columns in {**OPTIONAL, "section": (source.section, "section")}.items()
        if (found := next((column for column in columns if column in header), ""))
    }
    used = {id_, *names, *fields.values(), *([source.roles] if source.roles else [])}
    for column in sorted(used):
        if header.count(column) > 1:
            got = ",".join(header)[:_FIELD_LENGTH]
            raise RosterError(
                f"{name}: row 1: got the columns {got!r}, expected one {column!r} among them, as in id,name,email"
            )
    unused = tuple(column for column in header if column and column not in used)
    return Columns(source, id_, names, fields, unused)
