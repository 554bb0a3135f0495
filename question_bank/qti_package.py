"""A pool as a content package of QTI: a manifest, a test whose sections draw one item each, a file for each item, its figures.

Every file lies at the top or in `images/`; the zip has neither dates nor compression, so the same pool gives the same bytes.
"""

import functools
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from typing import Final

from question_bank import course_html, drawings, languages
from question_bank.blueprint_data import ITEMS, OPTIONS
from question_bank.course_html import Look
from question_bank.figures import Figure
from question_bank.paper import Heading
from question_bank.pool import Group, Pool
from question_bank.qti_items import STYLE, TOOL, Written, written
from question_bank.qti_names import TABLE, Dialect, xhtml
from question_bank.spellings import decimal

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_LOM: Final = "http://ltsc.ieee.org/xsd/LOM"
_CSS: Final = (
    f".{TABLE} {{ border-collapse: collapse; }}\n"
    f".{TABLE} td {{ border: 1px solid #888; padding: 2px 8px; text-align: right; }}\n"
)


@dataclass(frozen=True, slots=True)
class _Packaging:
    """What manifests of one version look like."""

    namespace: str
    metadata: str
    schema: str
    version: str
    modes: bool


_PACKAGING: Final = {
    "2.1": _Packaging(
        "http://www.imsglobal.org/xsd/imscp_v1p1",
        "http://www.imsglobal.org/xsd/imsqti_metadata_v2p1",
        "QTIv2.1 Package",
        "1.0.0",
        modes=False,
    ),
    "3.0": _Packaging(
        "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
        "http://www.imsglobal.org/xsd/imsqti_metadata_v3p0",
        "QTI Package",
        "3.0.0",
        modes=True,
    ),
}


@dataclass(frozen=True, slots=True)
class _Member:
    """An item in its group, with its figure."""

    group: Group
    item: Written
    image: str


def package(pool: Pool, dialect: Dialect) -> bytes:
    """Write a pool as a zip.

    Raises:
        ExportError: QTI cannot hold an item; the message names it.
        MissingTranslationError: a text has no translation.
    """
    codes = "\n".join((pool.paper, *(item.id for item in pool.items())))
    name = f"legrade_{hashlib.sha256(codes.encode()).hexdigest()[:24]}"
    look = Look(escape, lambda _: "", pool.language, mathml=True)
    images: dict[str, bytes] = {}
    members: list[_Member] = []
    for group in pool.groups:
        for item in group.items:
            image = f"images/{item.id}.svg" if item.question.figure else ""
            if item.question.figure:
                images[image] = drawings.svg(item.question.figure, look.say).encode()
            own = replace(look, image=functools.partial(_at, image), letters=OPTIONS not in group.shuffle)
            members.append(_Member(group, written(item, own, dialect), image))
    files = {
        "imsmanifest.xml": course_html.xml(_manifest(pool, name, members, dialect)),
        "test.xml": course_html.xml(_test(pool, name, members, look, dialect)),
        STYLE: _CSS.encode(),
        **{f"{member.item.identifier}.xml": course_html.xml(member.item.xml) for member in members},
        **images,
    }
    return _zipped(files)


def _at(address: str, _: Figure) -> str:
    return address


def _zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, data)
    return stream.getvalue()


def _test(pool: Pool, name: str, members: list[_Member], look: Look, dialect: Dialect) -> str:
    """Write the test: each item is answered once, and explained where its instructor turns feedback on.

    Feedback tells keys: shown by default it would pass from one student to the next while an exam goes on.
    """
    q = dialect.element
    part = q(
        "testPart",
        q("itemSessionControl", maxAttempts="1", showFeedback="false") + "\n",
        *_sections(pool, members, look, dialect),
        identifier="part_1",
        navigationMode="nonlinear",
        submissionMode="individual",
    )
    score = q("sum", q("testVariables", variableIdentifier="SCORE"))
    most = decimal(sum((Fraction(group.points) for group in pool.groups if group.items), Fraction(0)))
    return dialect.document(
        "assessmentTest",
        _outcome(dialect, "SCORE", "0"),
        _outcome(dialect, "MAXSCORE", most),
        part + "\n",
        q("outcomeProcessing", q("setOutcomeValue", score, identifier="SCORE")) + "\n",
        identifier=name,
        title=pool.title,
        toolName=TOOL,
    )


def _sections(pool: Pool, members: list[_Member], look: Look, dialect: Dialect) -> Iterator[str]:
    """Write the sections of the blueprint: of each group in them one item is drawn; groups that are to move are shuffled."""
    q = dialect.element
    rest = iter(members)
    number = 0
    for place, (heading, groups) in enumerate(pool.by_section(), start=1):
        inside = []
        for group in groups:
            number += 1
            drawn = [next(rest) for _ in group.items]
            inside.append(_group(number, group, drawn, dialect) + "\n" if drawn else "")
        moved = any(ITEMS in group.shuffle for group in groups)
        yield (
            q(
                "assessmentSection",
                q("ordering", shuffle="true") if moved else "",
                _said(heading, look, dialect),
                "\n",
                *inside,
                identifier=f"section_{place}",
                title=heading.title or pool.title,
                visible="true" if heading.title or heading.intro else "false",
            )
            + "\n"
        )


def _said(heading: Heading, look: Look, dialect: Dialect) -> str:
    """Write what a section says before its groups; its title is shown by the system."""
    if not heading.intro:
        return ""
    said = dialect.flow(xhtml(course_html.heading(heading, look, title=False)))
    return dialect.element("rubricBlock", said, view="candidate")


def _group(number: int, group: Group, members: list[_Member], dialect: Dialect) -> str:
    """Write a section of which one item is drawn."""
    q = dialect.element
    names = (member.item.identifier for member in members)
    return q(
        "assessmentSection",
        q("selection", select="1"),
        *("\n" + q("assessmentItemRef", identifier=name, href=f"{name}.xml") for name in names),
        identifier=f"group_{number}",
        fixed="false" if ITEMS in group.shuffle else "true",
        title=group.name,
        visible="false",
    )


def _outcome(dialect: Dialect, name: str, start: str) -> str:
    q = dialect.element
    value = q("defaultValue", q("value", start))
    return q("outcomeDeclaration", value, identifier=name, cardinality="single", baseType="float") + "\n"


def _manifest(pool: Pool, name: str, members: list[_Member], dialect: Dialect) -> str:
    """Write what the package holds, with titles, topics and how items are marked."""
    how = _PACKAGING[dialect.version]
    depends = "".join(f'<dependency identifierref="{m.item.identifier}"/>' for m in members)
    resources = [
        (
            f'<resource identifier="{name}" type="imsqti_test_{dialect.suffix}" href="test.xml">'
            f"<metadata>{_lom(pool.title, (), pool.language)}</metadata>"
            f'<file href="test.xml"/>{depends}</resource>'
        ),
        *(_resource(member, pool.language, how, dialect) for member in members),
    ]
    lines = "\n".join(resources)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest xmlns="{how.namespace}" xmlns:lom="{_LOM}" xmlns:qti="{how.metadata}" identifier="{name}_manifest">\n'
        f"<metadata><schema>{how.schema}</schema><schemaversion>{how.version}</schemaversion></metadata>\n"
        f"<organizations/>\n<resources>\n{lines}\n</resources>\n</manifest>\n"
    )


def _resource(member: _Member, language: str, how: _Packaging, dialect: Dialect) -> str:
    item, group = member.item, member.group
    files = (f"{item.identifier}.xml", STYLE, *((member.image,) if member.image else ()))
    listed = "".join(f'<file href="{path}"/>' for path in files)
    keywords = tuple(word for word in (item.title.partition(" ")[2], group.topic, group.name) if word)
    described = f"{''.join(_described(item, how))}{_lom(item.title, keywords, language)}"
    return (
        f'<resource identifier="{item.identifier}" type="imsqti_item_{dialect.suffix}" href="{item.identifier}.xml">'
        f"<metadata>{described}</metadata>{listed}</resource>"
    )


def _described(item: Written, how: _Packaging) -> Iterator[str]:
    """Say what an item consists of; who marks it can be said from QTI 2.2 on."""
    yield "<qti:qtiMetadata><qti:timeDependent>false</qti:timeDependent>"
    yield from (f"<qti:interactionType>{kind}</qti:interactionType>" for kind in item.interactions)
    yield "<qti:feedbackType>nonadaptive</qti:feedbackType><qti:solutionAvailable>true</qti:solutionAvailable>"
    if how.modes:
        yield f"<qti:scoringMode>{'human' if item.by_person else 'responseprocessing'}</qti:scoringMode>"
    yield f"<qti:toolName>{TOOL}</qti:toolName></qti:qtiMetadata>"


def _lom(title: str, keywords: tuple[str, ...], language: str) -> str:
    """Describe a resource as IEEE LOM: title and keywords, which are English but for a title of the course's own."""
    words = "".join(
        f'<lom:keyword><lom:string language="{languages.SOURCE}">{escape(word)}</lom:string></lom:keyword>'
        for word in keywords
    )
    named = f'<lom:title><lom:string language="{language}">{escape(title)}</lom:string></lom:title>'
    return f"<lom:lom><lom:general>{named}{words}</lom:general></lom:lom>"
