"""Every family, with sections, pictures of a course's own and essays, on one page in each language, as a browser shows it and is used."""

import base64
from dataclasses import replace
from functools import partial
from itertools import count

import pytest

from question_bank import bank, exam, marking
from question_bank.answers import Array, Written
from question_bank.draw import Draw
from question_bank.exporters import html
from question_bank.figures import Figure
from question_bank.issued import KeyItem, Sheet, write_sheet
from question_bank.languages import LANGUAGES
from question_bank.message import Message
from question_bank.model import Part, Question, Table
from question_bank.paper import Heading, key_of
from question_bank.roster import Student
from question_bank.translation import localize
from question_bank.values import Grid, Raised, Undetermined, show_number

AN = Student("B21-0042", "Nguyễn Văn Án")
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
CONTROLS = "input:not([type=file]), textarea, button"


def question_of(name):
    """Write the question of some point of a family, without a look at all others of its space."""
    family, draw = bank.get(name), Draw("every family", name)
    points = (draw.child("point", number) for number in count())
    givens = (
        {axis: point.child(axis).choice(values) for axis, values in family.space.axes.items()}
        for point in points
    )
    return family.build(next(filter(family.space._holds, givens)), draw.child("entries"))


@pytest.fixture(scope="module")
def sheets():
    """A paper of all families in each language; `of` gives one of some of its items."""
    made = [question_of(name) for name in bank.names()]
    picture = Figure(
        "image", Message("A dot"), {"size": (1, 1)}, media="image/png", data=base64.b64decode(PNG)
    )
    grid = Grid((2, 2, 2), tuple(range(8)))
    asked = (Part(Array(grid, show_size=True), Message("")),)
    planes = Question("test", 1, {}, Message("Write $x$."), asked, tables=(Table(Message("$x$"), grid),))
    headings = (
        Heading("Sizes & shapes", "Let $n = 5$; a set is {1, 2}.\nMore of it.", 0),
        Heading("", "Now `x`.", 60),
    )
    found = {}
    for language in LANGUAGES:
        questions = [localize(question, language) for question in made]
        questions += [replace(questions[0], figure=picture), planes]
        items = tuple(KeyItem(f"k7q2-{n:04d}", n, 1, question) for n, question in enumerate(questions))
        found[language] = Sheet("Quiz <1>", "quiz-1", AN, items, language, sections=headings, coded=True)
    return found


@pytest.fixture(scope="module")
def papers(sheets, tmp_path_factory):
    """The pages, as files."""
    folder = tmp_path_factory.mktemp("papers")
    for language, sheet in sheets.items():
        (folder / f"{language}.html").write_bytes(html.to_html(exam.paper_of(sheet)))
    return {language: (folder / f"{language}.html").as_uri() for language in sheets}


SHOWN = """() => {
  const empty = (e) => { const box = e.getBoundingClientRect(); return !(box.width > 0 && box.height > 0); };
  const all = (selector) => [...document.querySelectorAll(selector)];
  const told = all(".stem, .prompt, .options label, header.section").map((e) => {
    const copy = e.cloneNode(true);
    copy.querySelectorAll("code").forEach((code) => code.remove());
    return copy.textContent;
  });
  return {
    items: all(".item").length,
    parts: all("[data-key]").length,
    empty: all(".item, .stem, [data-key], math, .drawing, img, table, pre, header.section").filter(empty).map((e) => e.outerHTML.slice(0, 200)),
    broken: all("img").filter((e) => !e.naturalWidth).length,
    without: all("[data-key]").filter((e) => ![...e.querySelectorAll("input, textarea")].some((c) => !empty(c))).length,
    fractions: all("mfrac").filter((e) => e.children[0].getBoundingClientRect().bottom > e.children[1].getBoundingClientRect().top + 1).length,
    raw: told.filter((text) => /[$\\\\]|\\{[a-z]/.test(text)),
    formulas: all("math").length,
  };
}"""


def test_every_family_is_there_with_all_that_it_shows(page, papers, sheets):
    """Stems, listings, figures, tables, a field for each part; formulas are set, and nothing of their source is left."""
    for language, address in papers.items():
        page.goto(address)
        found = page.evaluate(SHOWN)
        items = sheets[language].items
        assert found.pop("formulas") > 300
        assert found == {
            "items": len(items),
            "parts": sum(len(item.question.parts) for item in items),
            "empty": [],
            "broken": 0,
            "without": 0,
            "fractions": 0,
            "raw": [],
        }


WIDE = """(width) => [document.documentElement.scrollWidth, ...[...document.querySelectorAll(".item *")].filter(
  (e) => e.getBoundingClientRect().right > width && !e.closest("figure, pre, .grid-wrap")).map((e) => e.outerHTML.slice(0, 200))]"""


def test_no_family_needs_sideways_scrolling(page, papers):
    """At 400 % zoom, on a phone, at 200 %: only a table, a listing or a grid may move in itself (WCAG 2.2, 1.4.10)."""
    for address in papers.values():
        page.goto(address)
        for width in (320, 375, 550):
            page.set_viewport_size({"width": width, "height": 700})
            assert page.evaluate(WIDE, width) == [width]


WALK = """() => {
  window.walked = [];
  document.addEventListener("focusin", ({ target }) => {
    const drawn = target.id === "open" ? target.parentElement : target;
    const style = getComputedStyle(drawn);
    walked.push([target, style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2]);
  });
  const stops = [...document.querySelectorAll("input, textarea, button, [tabindex='0']")];
  window.expected = stops.filter((e, at) => e.type !== "radio" || stops.findIndex((o) => o.name === e.name) === at);
  return expected.length;
}"""


def test_the_keyboard_reaches_every_field_of_every_family_and_is_seen(page, papers):
    """Tab goes through all controls, and what moves in itself, in the order in which they are read (WCAG 2.2, 2.1.1, 2.4.3, 2.4.7)."""
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(papers["vi"])
    stops = page.evaluate(WALK)
    assert stops > 300
    for _ in range(stops):
        page.keyboard.press("Tab")
    missed = "expected.filter((e, at) => walked[at]?.[0] !== e || !walked[at][1]).map((e) => e.outerHTML.slice(0, 200))"
    assert page.evaluate(missed) == []


def test_a_screen_reader_has_a_name_for_every_control_group_and_picture(page, papers):
    """As the browser tells them to assistive technology; fields of one group have different names (WCAG 2.2, 1.1.1, 4.1.2)."""
    session = page.context.new_cdp_session(page)
    page.goto(papers["vi"])
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    told = [node for node in nodes if not node["ignored"]]
    roles = {"textbox", "radio", "checkbox", "button", "group", "region", "image", "figure", "table"}
    named = [(role_of(node), name_of(node)) for node in told if role_of(node) in roles]
    assert {"textbox", "radio", "checkbox", "button", "group", "image"} <= {role for role, _ in named}
    assert [role for role, name in named if not name.strip()] == []
    by_id = {node["nodeId"]: node for node in nodes}
    for group in (node for node in told if role_of(node) == "group"):
        inside = [node for node in below(group, by_id) if role_of(node) in {"textbox", "radio", "checkbox"}]
        names = [(role_of(node), name_of(node)) for node in inside]
        assert len(set(names)) == len(names), names


def role_of(node):
    """Return what a node is to a screen reader."""
    return node.get("role", {}).get("value")


def name_of(node):
    """Return how a screen reader calls a node."""
    return node.get("name", {}).get("value", "")


def below(node, by_id):
    """Yield all nodes below one."""
    for child in node.get("childIds", ()):
        if child in by_id:
            yield by_id[child]
            yield from below(by_id[child], by_id)


FILL = """(given) => {
  for (const part of document.querySelectorAll("[data-key]")) {
    const { text, cells, letters, instead } = given[part.dataset.key];
    const grid = [...part.querySelectorAll("table.grid input")];
    if (instead) part.querySelector(`[data-instead=${instead}]`).click();
    else if (letters) for (const letter of letters) part.querySelector(`.options input[value=${letter}]`).click();
    else if (grid.length) grid.forEach((cell, at) => { cell.value = cells[at]; });
    else part.querySelector("input[type=text], textarea").value = text;
  }
  document.dispatchEvent(new Event("input"));
}"""


def filling(answer):
    """Return what is entered for an answer: a text, cells, letters, or the box beside the field."""
    value = answer.value
    if isinstance(value, Raised | Undetermined):
        return {"instead": "raises" if isinstance(value, Raised) else "undetermined"}
    if answer.field.options:
        return {"letters": value}
    if isinstance(answer, Written):
        return {"text": "Because\nit is so."}
    return {
        "text": answer.show(),
        "cells": [show_number(cell) for cell in value.cells] if isinstance(value, Grid) else [],
    }


def test_the_right_answers_of_every_family_can_be_entered_and_earn_all_points(page, papers, sheets, tmp_path):
    """What the page saves is marked right, part by part; an essay waits for a person with all that was written."""
    sheet = sheets["vi"]
    page.goto(papers["vi"])
    parts = {
        key_of(item.id, at): part.answer
        for item in sheet.items
        for at, part in enumerate(item.question.parts)
    }
    page.evaluate(FILL, {key: filling(answer) for key, answer in parts.items()})
    with page.expect_download() as download:
        page.locator("#save").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    write_sheet(tmp_path / "exam", sheet)
    [mark] = marking.mark(tmp_path / "exam", file).students
    marked = {f"{item.id}/{part.part}": part for item in mark.items for part in item.parts}
    assert marked.keys() == parts.keys()
    for key, answer in parts.items():
        by_hand = isinstance(answer, Written)
        assert marked[key].outcome == ("for a person" if by_hand else "right"), (key, marked[key])
        assert not by_hand or marked[key].typed == "Because\nit is so."


RULES = """(options) => axe.run(document, { resultTypes: ["violations"], ...options }).then(
  (found) => found.violations.map((v) => [v.id, v.impact, v.nodes.length, v.nodes[0].html.slice(0, 200)]))"""


def test_the_rules_of_axe_find_nothing(page, papers, sheets, tmp_path, node_modules):
    """`axe-core` over every family at the width of a phone; its contrasts, which take longest, over some in the light and in the dark."""
    rules = (node_modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    few = replace(sheets["en"], items=sheets["en"].items[::12])
    path = tmp_path / "few.html"
    path.write_bytes(html.to_html(exam.paper_of(few)))
    run = partial(page.evaluate, RULES)
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(papers["en"])
    page.evaluate(f"{rules}; 0")
    assert run({"rules": {"color-contrast": {"enabled": False}}}) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(path.as_uri())
        page.evaluate(f"{rules}; 0")
        assert run({"runOnly": ["color-contrast"]}) == []
    page.evaluate(
        "document.querySelector('.stem').style.color = '#333'; document.querySelector('label.prompt').remove()"
    )
    assert {name for name, *_ in run({"runOnly": ["color-contrast", "label"]})} == {"color-contrast", "label"}
