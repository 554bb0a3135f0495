"""QTI 2.1 and 3.0: read back and marked by an engine written here a second time, every family comes to our own marks and reasons.

The rules: IMS Question and Test Interoperability, assessment test, section and item information model, versions 2.1 and 3.0.
"""

import io
import os
import re
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from question_bank import bank, course_html, credit, gaps
from question_bank.answers import (
    Array,
    Choice,
    Choices,
    Criterion,
    Expression,
    Integer,
    Number,
    Shape,
    Written,
)
from question_bank.blueprint_data import ITEMS, OPTIONS
from question_bank.errors import ExportError
from question_bank.exporters import KEY_EXPORTERS
from question_bank.issued import KeyItem
from question_bank.judging import mark_item
from question_bank.message import Message
from question_bank.misconceptions import CATALOGUE
from question_bank.model import Part, Question, Wrong
from question_bank.paper import Heading, key_of
from question_bank.pool import Group, Pool
from question_bank.qti_names import xhtml
from question_bank.spellings import decimal, ends
from question_bank.translation import localize
from question_bank.values import Grid, Raised, Undetermined, show, show_number
from question_bank.verification import candidate

FORMATS = ("qti21", "qti30")
SPACES = {
    "qti21": "{http://www.imsglobal.org/xsd/imsqti_v2p1}",
    "qti30": "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}",
}
MATHML = "{http://www.w3.org/1998/Math/MathML}"
FLOAT = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")


# An engine: documents in the names of 2.1, values as Python's, NULL as None, containers as tuples.


def camel(name):
    """Write a name of QTI 3.0 as 2.1 does."""
    start, *rest = name.split("-")
    return start + "".join(word.title() for word in rest)


def plain(node, space):
    """Copy an element of a version in the names of 2.1, without namespaces; HTML and MathML are as they are."""
    tag = node.tag.removeprefix(space).removeprefix(MATHML)
    assert node.tag.startswith((space, MATHML)), node.tag
    ours = space != SPACES["qti30"] or tag.startswith("qti-")
    told = {camel(k) if ours and space == SPACES["qti30"] else k: v for k, v in node.attrib.items()}
    copy = etree.Element(camel(tag.removeprefix("qti-")) if ours else tag, told)
    copy.text, copy.tail = node.text, node.tail
    copy.extend(plain(child, space) for child in node)
    return copy


def typed(base, text):
    """Read a value of a base type; None where it is not one."""
    if base == "float":
        return float(text) if FLOAT.fullmatch(text) else None
    assert base in {"string", "identifier"}
    return text


@dataclass
class Item:
    """An assessment item that can be answered."""

    root: etree._Element

    @property
    def declared(self):
        """The declarations of responses by name."""
        return {each.get("identifier"): each for each in self.root.iter("responseDeclaration")}

    def correct(self, name):
        """Return the values that are declared to be right."""
        return [value.text or "" for value in self.declared[name].iterfind("correctResponse/value")]

    def answer(self, entries):
        """Process responses, each a list of texts by name; return the outcomes."""
        values = {}
        for name, each in self.declared.items():
            given = [typed(each.get("baseType"), text) for text in entries.get(name, [])]
            known = [value for value in given if value is not None]
            several = each.get("cardinality") == "multiple"
            values[name] = (tuple(known) or None) if several else (known[0] if known else None)
        for each in self.root.iter("outcomeDeclaration"):
            start = each.findtext("defaultValue/value")
            values[each.get("identifier")] = None if start is None else typed(each.get("baseType"), start)
        for rule in self.root.find("responseProcessing"):
            self.rule(rule, values)
        return values

    def rule(self, rule, values):
        """Carry out a rule."""
        if rule.tag == "setOutcomeValue":
            assert any(
                each.get("identifier") == rule.get("identifier")
                for each in self.root.iter("outcomeDeclaration")
            )
            values[rule.get("identifier")] = self.value(rule[0], values)
            return
        assert rule.tag == "responseCondition"
        for case in rule:
            assert case.tag in {"responseIf", "responseElseIf"}
            if self.value(case[0], values):
                for then in case[1:]:
                    self.rule(then, values)
                return

    def value(self, node, values):  # noqa: PLR0911, PLR0912, C901 -- one for each operator
        """Work an expression out."""
        if node.tag == "variable":
            return values[node.get("identifier")]
        if node.tag == "baseValue":
            return typed(node.get("baseType"), node.text or "")
        if node.tag == "correct":
            [right] = self.correct(node.get("identifier"))[:1] if not self.several(node) else [None]
            return tuple(self.correct(node.get("identifier"))) if self.several(node) else right
        if node.tag == "mapResponse":
            return self.mapped(node.get("identifier"), values)
        found = [self.value(child, values) for child in node]
        if node.tag == "isNull":
            return found[0] is None
        if node.tag == "not":
            return not found[0]
        if node.tag == "stringMatch" and found[0] is None:
            raise AssertionError("an open field is compared")
        if node.tag == "or":
            return any(found)
        if node.tag == "and":
            return all(found)
        if None in found:
            return None
        if node.tag == "match":
            one, other = (sorted(each) if isinstance(each, tuple) else each for each in found)
            return one == other
        if node.tag == "member":
            return found[0] in found[1]
        if node.tag == "stringMatch":
            assert node.get("caseSensitive") == "false"
            return found[0].lower() == found[1].lower()
        if node.tag == "equal":
            return self.near(node, *found)
        if node.tag in {"sum", "product", "subtract", "divide", "max", "lt", "gte", "lte"}:
            return self.number(node.tag, found)
        raise AssertionError(node.tag)

    def several(self, node):
        """Whether a response is a container."""
        return self.declared[node.get("identifier")].get("cardinality") == "multiple"

    def near(self, node, given, right):
        """Compare two numbers."""
        if node.get("toleranceMode") == "exact":
            return given == right
        assert node.get("toleranceMode") == "absolute"
        below, above = map(float, node.get("tolerance").split())
        return right - below <= given <= right + above

    def number(self, operator, found):
        """Work out arithmetic on floats, as engines do."""
        if operator == "sum":
            return sum(found)
        if operator == "max":
            return max(found)
        first, second = found
        return {
            "product": lambda: first * second,
            "subtract": lambda: first - second,
            "divide": lambda: first / second,
            "lt": lambda: first < second,
            "gte": lambda: first >= second,
            "lte": lambda: first <= second,
        }[operator]()

    def mapped(self, name, values):
        """Add up what the values of a response count."""
        mapping = self.declared[name].find("mapping")
        counts = {each.get("mapKey"): float(each.get("mappedValue")) for each in mapping}
        given = values[name] or ()
        total = sum(counts.get(each, float(mapping.get("defaultValue"))) for each in set(given))
        return max(total, float(mapping.get("lowerBound")))

    def said(self, outcomes):
        """Return what is said afterwards, as text, by its identifier."""
        modal = {each.get("identifier"): each for each in self.root.iter("modalFeedback")}
        shown = {
            name: "".join(each.itertext())
            for name, each in modal.items()
            if outcomes[each.get("outcomeIdentifier")] == name and each.get("showHide") == "show"
        }
        assert len(modal) == len(list(self.root.iter("modalFeedback")))
        assert {text for text in outcomes.values() if isinstance(text, str) and text in modal} == set(shown)
        return shown


@dataclass
class Package:
    """A content package: its items in order by their identifier, the test, and all files."""

    items: dict
    test: etree._Element
    files: dict
    manifest: etree._Element


def read(data, name):
    """Import a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {each.compress_type for each in archive.infolist()} == {zipfile.ZIP_STORED}
    manifest = etree.fromstring(files["imsmanifest.xml"])
    resources = list(manifest.iter("{*}resource"))
    listed = {each.get("href") for each in manifest.iter("{*}file")}
    assert listed | {"imsmanifest.xml"} == set(files)
    names = [each.get("identifier") for each in resources]
    assert len(set(names)) == len(names)
    assert all(each.get("identifierref") in names for each in manifest.iter("{*}dependency"))
    suffix = {"qti21": "xmlv2p1", "qti30": "xmlv3p0"}[name]
    kinds = {each.get("identifier"): each.get("type") for each in resources}
    documents = {each.get("identifier"): files[each.get("href")] for each in resources}
    roots = {each: plain(etree.fromstring(document), SPACES[name]) for each, document in documents.items()}
    [test] = [each for each, kind in kinds.items() if kind == f"imsqti_test_{suffix}"]
    items = {each: Item(roots[each]) for each, kind in kinds.items() if kind == f"imsqti_item_{suffix}"}
    assert len(items) + 1 == len(kinds)
    for each, item in items.items():
        assert item.root.get("identifier") == each
        options = [option.get("identifier") for option in item.root.iter("simpleChoice")]
        assert len(set(options)) == len(options), "engines know an option by its name in the whole item"
    return Package(items, roots[test], files, manifest)


# What is answered, in the fields of a package and on a page of ours.


KNOWN = {}


def gaps_of(question):
    """Return the gaps of a question, which take their time to make."""
    if id(question) not in KNOWN:
        KNOWN[id(question)] = (question, gaps.asked(question))
    return KNOWN[id(question)][1]


def names_of(question):
    """Return the names of the responses, by part."""
    parts = gaps_of(question)
    if len(parts) == len(parts[0].gaps) == 1:
        return [["RESPONSE"]]
    return [[f"RESPONSE_{p.part + 1}_{n + 1}" for n in range(len(p.gaps))] for p in parts]


def entry(value, places=4):
    """Type one number, or a text; four places are what a page asks for where a number has no end."""
    if isinstance(value, Raised | Undetermined):
        return "Error" if isinstance(value, Raised) else "cannot be determined"
    if isinstance(value, int | Fraction):
        return show_number(value) if ends(value) else f"{float(value):.{places}f}"
    return show(value)


def entries(question, part, value):
    """Answer a part; None where the value does not fit into its fields."""
    asked, names = gaps_of(question)[part], names_of(question)[part]
    if asked.layout == "line":
        number = isinstance(asked.gaps[0], gaps.NumberGap)
        if number and not isinstance(value, int | Fraction):
            return None
        options = isinstance(asked.gaps[0], gaps.OptionGap)
        places = 12 if getattr(question.parts[part].answer, "tolerance", 0) else 4
        before = f"PART{part + 1}_" if len(question.parts) > 1 else ""
        return {names[0]: [before + each for each in value] if options else [entry(value, places)]}
    cells = value.cells if isinstance(value, Grid) else value if isinstance(value, tuple) else ()
    if len(cells) != len(names) or (
        isinstance(value, Grid) and value.shape != question.parts[part].answer.value.shape
    ):
        return None
    return {name: [entry(cell)] for name, cell in zip(names, cells, strict=True)}


@dataclass(frozen=True)
class Attempt:
    """Answers to some parts: by their number, in fields of the package, and as a page of ours saves them."""

    values: dict
    fields: dict
    page: dict


def attempt(item, values):
    """Answer parts, given by their number; None where an answer does not fit in."""
    fields = {}
    for part, value in values.items():
        found = entries(item.question, part, value)
        if found is None:
            return None
        fields |= found
    return Attempt(values, fields, {key_of(item.id, part): show(value) for part, value in values.items()})


def attempts(item) -> Iterator[Attempt]:
    """Yield attempts: nothing, all right, every wrong answer that has a name, every part alone, one cell or option off."""
    keys = {number: part.answer.value for number, part in enumerate(item.question.parts)}
    found = [attempt(item, {}), attempt(item, keys)]
    found += [attempt(item, {**keys, wrong.part: wrong.value}) for wrong in item.question.wrong]
    for number, key in keys.items():
        found.append(attempt(item, {number: key}))
        found += [attempt(item, {**keys, number: other}) for other in off(item.question.parts[number].answer)]
    yield from (each for each in found if each is not None)


def off(answer):
    """Yield answers that are right in part, or hardly wrong."""
    match answer:
        case Array(value=grid):
            first, *rest = grid.cells
            yield Grid(grid.shape, (first + 1, *rest))
            yield Grid(grid.shape, (*(cell + 1 for cell in grid.cells[:-1]), grid.cells[-1]))
            yield Grid(grid.shape, (max(grid.cells, key=grid.cells.count),) * len(grid.cells))
        case Shape(value=shape):
            yield (shape[0] + 1, *shape[1:])
        case Choices(value=value, options=options):
            letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(options)]
            yield from (
                value[:1],
                letters,
                value[1:] or letters,
                *(letter for letter in letters if letter not in value),
            )
        case Integer(value=value):
            yield value + 1
        case Number(value=value, tolerance=tolerance):
            near = Fraction(999, 1000)
            yield from (
                value + (tolerance or Fraction(1, 100)) * far for far in (near, -near, Fraction(11, 10), -2)
            )


def pool_of(*questions, rule=credit.PARTS, points=1, language="en", **options):
    """Return a pool of these questions in one group."""
    items = tuple(KeyItem(f"k7q2-{n:04d}", 0, points, each, credit=rule) for n, each in enumerate(questions))
    return Pool(
        "Quiz & 1",
        "quiz-1",
        (Group("Slot 1: a<b", "shapes", points, items, len(items), **options),),
        language,
    )


def export(name, *questions, **options):
    """Write questions as a package."""
    return KEY_EXPORTERS.get(name).export(pool_of(*questions, **options))


def one(name, *questions, **options):
    """Write and read back; return the items."""
    return list(read(export(name, *questions, **options), name).items.values())


def asking(*parts, stem="How many?", wrong=()):
    """Return a question that asks these parts."""
    return Question("window-count", 1, {}, Message(stem), parts, wrong=wrong)


def text_of(html):
    """Return the text of HTML as it stands in a package."""
    return "".join(etree.fromstring(f"<div>{xhtml(html)}</div>").itertext())


LOOK = course_html.Look(str, lambda _: "", mathml=True)


def explained(names):
    """Return what is said about misconceptions."""
    return text_of(LOOK.explanations(names))


def by_person(question):
    """Whether a person marks it."""
    return isinstance(question.parts[0].answer, Expression | Written)


def reasons(item, values):
    """Return what is to be said about wrong answers, in the order of the parts."""
    question = item.question
    for part, value in sorted(values.items()):
        letter = f"({'abcdefgh'[part]}) " if len(question.parts) > 1 else ""
        answer = question.parts[part].answer
        if isinstance(answer, Choices):  # each wrong option says what is behind it, whatever else is chosen
            said = dict(gaps_of(question)[part].gaps[0].wrong)
            yield from (letter + explained(said[option]) for option in value if option in said)
        elif not answer.accepts(value) and (names := question.misconceptions(part, value)):
            yield letter + explained(names)


def alone(question):
    """Return a question whose parts do not follow from each other, which no course system can mark."""
    return replace(question, parts=tuple(replace(part, follow=None) for part in question.parts))


def earned(item, page):
    """Mark as here, but that what is typed as one text is right or wrong as a whole."""
    fractions = [part.fraction for part in mark_item(item, page).parts]
    for number, asked in enumerate(gaps_of(item.question)):
        if isinstance(asked.gaps[0], gaps.TextGap):
            fractions[number] = Fraction(int(fractions[number]))
    return credit.share(item.credit, [part.answer for part in item.question.parts], fractions) * item.points


def check(item, found):
    """Compare marks and reasons of one item with ours, for all attempts; return how many there were."""
    tried = list(attempts(item))
    for each in tried:
        outcomes, points = found.answer(each.fields), earned(item, each.page)
        about = (item.question.family, item.credit, each, points, outcomes)
        assert abs(outcomes["SCORE"] - points) < 1e-9, about
        assert (outcomes["SCORE"] == float(item.points)) == (points == item.points), about
        said = found.said(outcomes)
        assert "SOLUTION" in said, about
        heard = dict.fromkeys(text for name, text in said.items() if name != "SOLUTION")
        assert list(heard) == list(dict.fromkeys(reasons(item, each.values))), about
    return len(tried)


def families():
    """One question of each family, somewhere in its space."""
    for name in bank.names():
        family = bank.get(name)
        yield alone(candidate(family, 7 * len(family.space) // 11, 3))


@pytest.fixture(scope="module")
def questions(one_thread):
    """One question of each family."""
    return list(families())


@pytest.fixture(scope="module")
def packages(questions):
    """All of them in one package of each format."""
    pool = pool_of(*questions, points=Fraction(5, 2))
    return {name: read(KEY_EXPORTERS.get(name).export(pool), name) for name in FORMATS}


@pytest.mark.parametrize("rule", credit.RULES)
def test_every_family_is_marked_and_explained_as_here(questions, rule):
    """Right, wrong with a name, partly right, not answered: points and reasons are ours, by each rule of partial credit.

    Every family by the usual rule; those for which a rule changes something take turns with the other three.
    """
    turn = credit.RULES.index(rule)
    asked = [each for each in questions if matters(each)][turn % 3 :: 3] if turn else questions
    pool = pool_of(*asked, rule=rule, points=Fraction(5, 2))
    found = read(KEY_EXPORTERS.get("qti21").export(pool), "qti21")
    count = 0
    for item, made in zip(pool.items(), found.items.values(), strict=True):
        if by_person(item.question):
            assert made.answer({})["SCORE"] == 0
            assert [each.get("responseIdentifier") for each in made.root.iter("extendedTextInteraction")] == [
                "RESPONSE"
            ]
        else:
            count += check(item, made)
    assert count > (100 if turn else 1000)


def matters(question):
    """Whether a rule of partial credit changes anything."""
    return len(question.parts) > 1 or isinstance(question.parts[0].answer, Array | Choices)


def test_qti_30_says_the_same_in_its_own_names(questions, packages):
    """Every item and the test are those of 2.1, but for what only 3.0 can say; where it has no tolerance, it marks as here."""
    older, newer = packages["qti21"], packages["qti30"]
    assert list(older.items) == list(newer.items)
    assert text_and_all(older.test) == text_and_all(newer.test)
    made = pool_of(*questions, points=Fraction(5, 2)).items()
    for key, (name, item) in zip(made, newer.items.items(), strict=True):
        root = item.root
        if ranges(root):
            assert check(key, item)
            root = deepcopy(root)
            root.replace(
                root.find("responseProcessing"), deepcopy(older.items[name].root.find("responseProcessing"))
            )
        else:
            root = deepcopy(root)
        for wrapped in list(root.iter("contentBody")):
            above = wrapped.getparent()
            above.text, above[:] = wrapped.text, list(wrapped)
        for each in root.iter("textEntryInteraction"):
            each.set("label", each.attrib.pop("ariaLabel"))
        scored = root.find("outcomeDeclaration[@identifier='SCORE']").attrib.pop("externalScored", None)
        assert (scored == "human") == bool(root.findall(".//extendedTextInteraction"))
        assert text_and_all(root) == text_and_all(older.items[name].root)


def ranges(root):
    """Whether numbers are compared with two others."""
    return root.find(".//lte") is not None


def text_and_all(node):
    """Return an element with all in it as data, without the place of its schema."""
    attributes = {key: value for key, value in node.attrib.items() if "schemalocation" not in key.lower()}
    return node.tag, sorted(attributes.items()), node.text, node.tail, [text_and_all(child) for child in node]


def test_what_is_asked_is_all_there(questions, packages):
    """Code, title, listing, figure with its text, options, a name for every field; no style that QTI does not know."""
    for question, (name, item) in zip(questions, packages["qti21"].items.items(), strict=True):
        body = item.root.find("itemBody")
        number = name[-4:]
        assert "".join(body[0].itertext()).endswith(f"[K7Q2-{number}]")
        assert item.root.get("title") == f"[K7Q2-{number}] {question.family}"
        if question.code:
            assert body.findtext("pre/code") == question.code.rstrip("\n")
        pictures = list(body.iter("img"))
        assert len(pictures) == bool(question.figure)
        for each in pictures:
            assert each.get("alt") == question.figure.alt.plain()
            assert b"<svg" in packages["qti21"].files[each.get("src")]
        asked = [field.get("responseIdentifier") for field in body.iter() if field.get("responseIdentifier")]
        assert asked == list(item.declared) == [each for names in names_of(question) for each in names]
        labels = [each.get("label") for each in body.iter("textEntryInteraction")]
        assert all(labels)
        wanted = attempt(
            KeyItem("k", 0, 1, question), {n: p.answer.value for n, p in enumerate(question.parts)}
        )
        for each in body.iter("textEntryInteraction"):  # some systems let nothing longer be typed
            [text] = wanted.fields[each.get("responseIdentifier")]
            assert len(text) < int(each.get("expectedLength"))
        assert len(set(labels)) == len(labels) or len(question.parts) > 1
        assert not [each for each in item.root.iter() if each.get("style")]
        solution = "".join(item.root.find("modalFeedback[@identifier='SOLUTION']").itertext())
        for step in question.solution:
            assert text_of(LOOK.message(step.label)) in solution


def test_wrong_answers_that_fit_into_no_field_are_told_in_the_solution(questions, packages):
    """Every reason of a question is either said about an entry, or listed after the key."""
    for question, item in zip(questions, packages["qti21"].items.values(), strict=True):
        if by_person(question):
            continue
        said = "".join("".join(each.itertext()) for each in item.root.iter("modalFeedback"))
        for wrong in question.wrong:
            assert text_of(LOOK.template(CATALOGUE[wrong.misconception].explanation)) in said, wrong


@given(
    st.fractions(-9, 9, max_denominator=1000),
    st.sampled_from([Fraction(text) for text in ("0", "1/2", "1/10", "1/20", "1/200", "1/7000")]),
)
@settings(max_examples=40, deadline=None)
def test_the_ends_of_a_tolerance_are_right_and_no_more(value, tolerance):
    """Binary numbers cannot hold most decimals: the ends count all the same, as typed, and a trace beyond does not."""
    given_value = Fraction(decimal(value))
    assert abs(given_value - value) <= Fraction(1, 10**12)
    for sign in (1, -1):
        end = given_value + sign * tolerance
        beyond = end + sign * (tolerance / 1000 or Fraction(1, 1000))
        for name in FORMATS:
            [item] = one(name, asking(Part(Number(value, tolerance), Message("?"))))
            assert item.answer({"RESPONSE": [decimal(end)]})["SCORE"] == 1
            assert item.answer({"RESPONSE": [decimal(beyond)]})["SCORE"] == 0


def literal(text):
    """Write a text in the language of messages."""
    return re.sub(r"[{}$`\s]+", " ", text).strip()


SIGNS = st.sampled_from("<>&\"'=#~\\/:;]a1\u1ec7\u2212\u200b \x00\x0b\ud800\ufffe")
NASTY = st.text(SIGNS | st.characters(), min_size=1, max_size=24).filter(literal)


def as_xml(text):
    """Replace what XML cannot hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)


@given(NASTY, st.lists(NASTY.map(literal), min_size=2, max_size=5, unique=True), st.data())
@settings(max_examples=40, deadline=None)
def test_whatever_a_text_says_comes_back(stem, options, data):
    """Markup, control characters, halves of characters: in the stem, a listing, options, and the titles of a pool."""
    right = data.draw(st.sampled_from("ABCDE"[: len(options)]))
    parts = (Part(Choice(tuple(options), right), Message("?")),)
    made = Question("window-count", 1, {}, Message("{text}", {"text": stem}), parts, code=stem)
    pool = replace(pool_of(made), title=stem, sections=(Heading(stem, literal(stem), 0),))
    for name in FORMATS:
        found = read(KEY_EXPORTERS.get(name).export(pool), name)
        [item] = found.items.values()
        minus = str.maketrans("\u2212\r", "-\n")
        wanted = as_xml(stem).translate(minus)
        body = item.root.find("itemBody")
        assert "".join(body[0].itertext()).translate(minus) == f"{wanted} [K7Q2-0000]"
        assert (body.findtext("pre/code") or "").translate(minus) == wanted
        shown = ["".join(each.itertext()).translate(minus) for each in item.root.iter("simpleChoice")]
        assert shown == [as_xml(option).translate(minus) for option in options]
        assert item.answer({"RESPONSE": [right]})["SCORE"] == 1
        said = "".join(next(found.test.iter("rubricBlock")).itertext()).translate(minus)
        assert said == as_xml(literal(stem)).translate(minus)


def test_options_and_texts_say_what_they_count():
    """A system that reads no conditions finds the key, and what each option counts, beside it."""
    [item] = one("qti21", asking(Part(Choices(("a", "b", "c"), "AC"), Message("?"))))
    counts = [(each.get("mapKey"), each.get("mappedValue")) for each in item.root.iter("mapEntry")]
    assert counts == [("A", "1"), ("B", "-1"), ("C", "1")]
    assert item.correct("RESPONSE") == ["A", "C"]
    [item] = one("qti21", asking(Part(Shape((3, 4)), Message("?"))))
    counts = {each.get("mapKey"): each.get("mappedValue") for each in item.root.iter("mapEntry")}
    assert counts["3x4"] == "1"
    assert item.correct("RESPONSE") == ["(3, 4)"]


@pytest.mark.parametrize("rule", credit.RULES)
def test_each_wrong_option_that_is_chosen_is_explained(rule):
    """Two at once, and the same reason once; by a rule that wants whole parts, too."""
    names = ("same-size-assumed", "padding-ignored", "same-size-assumed")
    wrong = tuple(Wrong(name, 0, f"A{letter}") for name, letter in zip(names, "BCD", strict=True))
    made = asking(Part(Choices(("a", "b", "c", "d"), "A"), Message("?")), wrong=wrong)
    [(item, found)] = zip(pool_of(made, rule=rule).items(), one("qti21", made, rule=rule), strict=True)
    assert len(list(reasons(item, {0: "BCD"}))) == 3
    assert check(item, found) > 5


def in_sections():
    """Return a pool with sections, of which one shuffles."""
    made = asking(Part(Choice(("yes", "no"), "A"), Message("?")), wrong=(Wrong("same-size-assumed", 0, "B"),))
    items = tuple(KeyItem(f"k7q2-{n:04d}", n, 2, made) for n in range(4))
    groups = (
        Group("first", "shapes", 2, items[:2], 2, shuffle=(ITEMS, OPTIONS)),
        Group("second", "", 2, items[2:3], 1),
        Group("third", "", 2, items[3:], 1),
    )
    return Pool(
        "Quiz", "quiz-1", groups, sections=(Heading("Part I", "Read $n + 1$.", 0), Heading("", "", 2))
    )


def test_of_each_group_one_item_is_drawn():
    """Points of groups add up; sections keep their title, their intro, and what is to be shuffled."""
    pool = in_sections()
    for name in FORMATS:
        found = read(KEY_EXPORTERS.get(name).export(pool), name)
        [part] = found.test.iter("testPart")
        sections = part.findall("assessmentSection")
        assert [(each.get("title"), each.get("visible")) for each in sections] == [
            ("Part I", "true"),
            ("Quiz", "false"),
        ]
        assert "".join(sections[0].find("rubricBlock").itertext()) == "Read n+1."
        assert [len(each.findall("ordering[@shuffle='true']")) for each in sections] == [1, 0]
        inner = [group for each in sections for group in each.findall("assessmentSection")]
        assert [(each.get("title"), each.get("fixed")) for each in inner] == [
            ("first", "false"),
            ("second", "true"),
            ("third", "true"),
        ]
        assert all(each.find("selection").get("select") == "1" for each in inner)
        drawn = [[ref.get("identifier") for ref in each.findall("assessmentItemRef")] for each in inner]
        assert [len(each) for each in drawn] == [2, 1, 1]
        assert [each for group in drawn for each in group] == list(found.items)
        assert found.test.findtext("outcomeDeclaration[@identifier='MAXSCORE']/defaultValue/value") == "6"
        shuffled = [next(item.root.iter("choiceInteraction")).get("shuffle") for item in found.items.values()]
        assert shuffled == ["true", "true", "false", "false"]
        solutions = [item.root.find("modalFeedback[@identifier='SOLUTION']") for item in found.items.values()]
        assert ["A: yes" in "".join(each.itertext()) for each in solutions] == [False, False, True, True]
        words = [each.text for each in found.manifest.iter("{http://ltsc.ieee.org/xsd/LOM}string")]
        assert {"shapes", "window-count", "first", "Quiz"} <= set(words)


def test_no_key_is_shown_while_others_still_work():
    """Feedback tells keys, so the test has it turned off, and each question is answered once."""
    for name in FORMATS:
        [control] = read(KEY_EXPORTERS.get(name).export(in_sections()), name).test.iter("itemSessionControl")
        assert (control.get("showFeedback"), control.get("maxAttempts")) == ("false", "1")


def test_the_same_pool_gives_the_same_bytes(questions):
    """Twice, in each format."""
    for name in FORMATS:
        assert export(name, *questions[:20]) == export(name, *questions[:20])


def test_what_a_person_marks_keeps_its_rubric_out_of_sight():
    """Some systems show a rubric block to everybody: it is said after the attempt, and 3.0 says who marks."""
    made = asking(Part(Written((Criterion(Message("names the stride"), 2),)), Message("Why?")))
    for name in FORMATS:
        package = read(export(name, made), name)
        [item] = package.items.values()
        assert "names the stride" not in "".join(item.root.find("itemBody").itertext())
        assert "names the stride (2)" in item.said(item.answer({}))["SOLUTION"]
        modes = [each.text for each in package.manifest.iter("{*}scoringMode")]
        assert modes == (["human"] if name == "qti30" else [])


def test_what_qti_has_no_score_for_is_refused_by_name():
    """The message names the item and what to do."""
    mixed = asking(
        Part(Integer(1), Message("a")), Part(Written((Criterion(Message("why"), 1),)), Message("b"))
    )
    for name in FORMATS:
        with pytest.raises(
            ExportError,
            match=r"item \[K7Q2-0000\] \(window-count\): a part that a person marks.*a slot of its own",
        ):
            export(name, mixed)


def test_the_losses_are_those_that_conditions_cannot_help():
    """Shapes and rules of partial credit are marked as here; follow-through and texts are not."""
    rows = pool_of(
        *(bank.generate(name, 1) for name in ("conv-1d-by-hand", "network-summary")), rule=credit.WHOLE_PARTS
    )
    for name in FORMATS:
        said = "\n".join(KEY_EXPORTERS.get(name).losses(rows))
        assert "compared as a text (conv-1d-by-hand)" in said
        assert "one by one" not in said
        assert "one by one" in "\n".join(KEY_EXPORTERS.get("moodle").losses(rows))


def test_in_vietnamese_no_english_word_of_ours_is_left():
    """Words beside the question, feedback, solution."""
    question = localize(bank.generate("printed-shape", 2), "vi")
    package = read(export("qti21", question, language="vi"), "qti21")
    [item] = package.items.values()
    labels = [each.get("label") for each in item.root.iter("textEntryInteraction")]
    told = " ".join([*item.root.itertext(), *labels])
    assert b'xml:lang="vi"' in package.files["legrade_k7q2_0000.xml"]
    for word in course_html.WORDS:
        assert word not in told
    for wrong in question.wrong:
        assert CATALOGUE[wrong.misconception].explanation not in told


def test_every_file_follows_the_schemas_of_qti(packages):
    """Items, tests and manifests against the XSDs that LEGRADE_QTI_XSD names; they may not be part of this project."""
    named = os.environ.get("LEGRADE_QTI_XSD")
    if not named:
        pytest.skip(
            "no schemas: set LEGRADE_QTI_XSD to XSD files of 1EdTech (imsqti_v2p1.xsd, imsqti_asiv3p0_v1p0.xsd, those of "
            f"imsmanifest.xml), with {os.pathsep!r} between them"
        )
    schemas = {}
    for path in named.split(os.pathsep):
        tree = etree.parse(path)
        schemas[tree.getroot().get("targetNamespace")] = etree.XMLSchema(tree)
    seen = dict.fromkeys(schemas, 0)
    sections = [read(KEY_EXPORTERS.get(name).export(in_sections()), name) for name in FORMATS]
    for package in [*packages.values(), *sections]:
        for name, data in package.files.items():
            root = etree.fromstring(data) if name.endswith(".xml") else None
            space = etree.QName(root).namespace if root is not None else None
            if space in schemas:
                schemas[space].assertValid(root)
                seen[space] += 1
                root.attrib.pop("identifier")
                assert not schemas[space].validate(root), "a schema that finds nothing shows nothing"
    assert all(seen.values()), seen


def test_another_program_turns_21_into_30_as_we_do(questions, packages):
    """`citolab-qti-convert` from PyPI: interactions, keys, counts and conditions of its conversion are ours."""
    convert = pytest.importorskip(
        "qti_convert", reason="no citolab-qti-convert: `pip install citolab-qti-convert`"
    )
    for name, item in packages["qti30"].items.items():
        theirs = convert.upgrade_qti2_to_qti3(packages["qti21"].files[f"{name}.xml"].decode())
        root = plain(etree.fromstring(theirs.encode()), SPACES["qti30"])
        for tag in ("responseDeclaration", "responseProcessing", "simpleChoice"):
            ours = [text_and_all(each) for each in item.root.iter(tag)]
            if tag == "responseProcessing" and ranges(item.root):
                continue
            assert [text_and_all(each) for each in root.iter(tag)] == ours, name
        asked = [each.get("responseIdentifier") for each in root.iter() if each.get("responseIdentifier")]
        assert asked == [each for names in names_of(questions[int(name[-4:])]) for each in names]
