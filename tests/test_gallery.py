"""The gallery: every family once, as a student sees it, with what its author knows; one page that loads nothing."""

import re
from html.parser import HTMLParser

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from question_bank import bank, gallery
from question_bank.errors import UnknownNameError
from question_bank.misconceptions import CATALOGUE

VOID = {"meta", "input", "br", "hr", "img", "link"}
NAMES = bank.names()


class Page(HTMLParser):
    """Collects tags, ids and texts, and sees that every element is closed in its turn."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.attributes, self.text, self.inside = [], [], [], [], {}
        self.feed(source)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        """Note an element and what it is called."""
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_startendtag(self, tag, attrs):
        """Note an element that has nothing in it."""
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        """See that the last element that was opened is closed."""
        if tag not in VOID:
            assert self.open.pop()[0] == tag

    def handle_data(self, data):
        """Note a text, with its family and whether the student sees it."""
        where = next((attrs["id"] for tag, attrs in self.open if tag == "article"), "")
        part = "author" if any(tag == "details" for tag, _ in self.open) else "student"
        self.inside.setdefault((where, part), []).append(data)

    def said(self, family, part):
        """Return what stands in a family's student's or author's part."""
        return bare("".join(self.inside[family, part]))


def bare(text):
    """Return a text with single spaces, and hyphens for minus signs."""
    return " ".join(text.split()).replace("\u2212", "-")


@pytest.fixture(scope="module")
def source():
    """The page of all families."""
    return gallery.gallery(gallery.select(), seed=3).decode()


@pytest.fixture(scope="module")
def whole(source):
    """The page, read."""
    return Page(source)


def test_every_family_is_there_once(whole):
    """Each family has one place in the page, and a link to it in the contents under its topic."""
    articles = [value for tag, name, value in whole.attributes if (tag, name) == ("article", "id")]
    links = {value for tag, name, value in whole.attributes if (tag, name) == ("a", "href")}
    assert sorted(articles) == sorted(NAMES)
    assert {f"#{name}" for name in NAMES} <= links
    assert {f"#topic-{bank.get(name).topic}" for name in NAMES} <= links
    assert all(link[1:] in whole.ids for link in links)
    assert len(set(whole.ids)) == len(whole.ids)


def test_the_page_loads_nothing(source, whole):
    """There is no address, script or handler in the page, and its policy forbids all but its own style."""
    policy = next(value for tag, name, value in whole.attributes if value and "default-src" in value)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "<script" not in source
    assert not re.search(r"https?:|url\(|@import", source)
    assert not [name for _, name, _ in whole.attributes if name.startswith("on") or name in {"src", "style"}]


@pytest.mark.parametrize("name", NAMES)
def test_a_family_is_shown_as_a_student_sees_it_and_then_explained(whole, name):
    """The stem stands before the details; key, and every live wrong answer with its title and explanation, in them only."""
    question = bank.generate(name, 3)
    student, author = whole.said(name, "student"), whole.said(name, "author")
    for kind, text in question.stem.spans():
        assert kind == "math" or bare(text) in student
    for step in question.solution:
        label = [text.strip() for kind, text in step.label.spans() if kind != "math"]
        assert all(bare(text) in author for text in label)
    for wrong in question.wrong:
        entry = CATALOGUE[wrong.misconception]
        for text in (entry.title, entry.explanation):
            plain = [span for kind, span in gallery.Message(text).spans() if kind != "math"]
            assert all(bare(span) in author for span in plain)
        assert entry.explanation not in student
    assert bare(gallery.Message(bank.get(name).title).plain()) in student


def test_the_same_seed_gives_the_same_bytes():
    """The page repeats byte for byte; another seed gives another page."""
    families = gallery.select(["conv-output-size", "max-pool-by-hand"])
    assert gallery.gallery(families, 1) == gallery.gallery(families, 1) != gallery.gallery(families, 2)


def test_families_are_chosen_by_name_and_topic():
    """Names and topics narrow the page; what is not there is told with the nearest names."""
    assert [family.name for family in gallery.select(["window-count"])] == ["window-count"]
    assert {family.topic for family in gallery.select(topics=["pooling"])} == {"pooling"}
    assert gallery.select(["window-count"], ["pooling"]) == ()
    with pytest.raises(UnknownNameError, match="unknown topic 'pool': did you mean pooling"):
        gallery.select(topics=["pool"])
    with pytest.raises(UnknownNameError, match="unknown family 'window-counts': did you mean window-count"):
        gallery.select(["window-counts"])


def test_the_command_writes_the_page(tmp_path):
    """`legrade bank gallery` writes one file and says what is in it; questions speak the language that was asked for."""
    out = tmp_path / "new" / "page.html"
    options = ["--family", "conv-output-size", "--language", "vi", "--seed", "5", "--out", str(out)]
    result = CliRunner().invoke(app, ["bank", "gallery", *options])
    assert result.exit_code == 0, result.output
    assert "page.html: 1 family" in " ".join(result.output.split())
    page = out.read_text(encoding="utf-8")
    assert '<div lang="vi">' in page
    assert "bước trượt" in page
    assert "What is" not in page
