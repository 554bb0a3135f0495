"""Registries: one entry a name, and an unknown name is answered with the nearest."""

import sys

import pytest

from question_bank.authoring import family
from question_bank.errors import DuplicateNameError, UnknownNameError
from question_bank.registry import Registry, unknown
from question_bank.space import Space


def test_an_unknown_name_is_answered_with_the_nearest():
    """The message has the name, the nearest names, and all names."""
    registry = Registry("format")
    registry.add("html", 1)
    registry.add("json", 2)
    with pytest.raises(UnknownNameError) as error:
        registry.get("htm")
    assert str(error.value) == "unknown format 'htm': did you mean html? Known: html, json"
    with pytest.raises(UnknownNameError, match="unknown format 'q': Known: html, json"):
        registry.get("q")


def test_an_empty_registry_says_so():
    """Where nothing is known, the message does not look broken."""
    with pytest.raises(UnknownNameError, match="Known: none"):
        Registry("format").get("html")


def test_a_name_is_taken_once():
    """A second entry of the same name is refused and both are named."""
    registry = Registry("format")
    registry.add("html", "first")
    with pytest.raises(
        DuplicateNameError, match=r"format 'html' is there twice: 'first' and 'second'; rename one"
    ):
        registry.add("html", "second")


def test_a_package_is_discovered_on_first_use(tmp_path, monkeypatch):
    """A file dropped into the package registers itself; nothing else is edited."""
    package = tmp_path / "plugs_here"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from question_bank.registry import Registry, unknown\nPLUGS = Registry('plug', __name__)\n"
    )
    (package / "one.py").write_text("from plugs_here import PLUGS\nPLUGS.add('one', 1)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    from plugs_here import PLUGS

    assert "plugs_here.one" not in sys.modules
    assert PLUGS.names() == ("one",)


def test_a_plug_in_that_cannot_be_imported_is_not_left_out(tmp_path, monkeypatch):
    """A broken file is an error at first use, never a missing name."""
    package = tmp_path / "plugs_broken"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "bad.py").write_text("import not_there_at_all\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="not_there_at_all"):
        Registry("plug", "plugs_broken").names()


def test_many_names_are_listed_only_where_none_is_near():
    """A bank of many families answers a slip of the pen in one line."""
    names = [f"family-{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    near = str(unknown("family", "famly-a", names))
    assert near.startswith("unknown family 'famly-a': did you mean family-a or ")
    assert near.endswith("? 26 are known")
    assert str(unknown("family", "q", names)).count("family-") == 26


def test_a_family_is_registered_under_its_name():
    """The title is the first line of the class's docstring."""
    registry = Registry("family")

    @family("toy", topic="shapes", version=3, registry=registry)
    class Toy:
        """What a toy asks.

        More.
        """

        space = Space(n=(1,))
        rules = ("padding-once",)
        drawn = False

    entry = registry.get("toy")
    assert (entry.name, entry.topic, entry.version, entry.title) == ("toy", "shapes", 3, "What a toy asks")
    assert entry.space is Toy.space


def test_a_rule_without_a_text_is_refused():
    """A family cannot name a misconception that the catalogue lacks."""
    with pytest.raises(
        UnknownNameError, match="unknown misconception 'padding-onc': did you mean padding-once"
    ):

        @family("toy", topic="shapes", version=1, registry=Registry("family"))
        class Toy:
            """A toy."""

            rules = ("padding-onc",)
