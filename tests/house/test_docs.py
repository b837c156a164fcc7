"""The docs say what is so: every test, file and command they name is there, and every setting is explained."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.house.rooms import BACKEND, HOUSE

PROMISES = HOUSE / "docs" / "promises.md"
INTENDED_USE = HOUSE / "docs" / "intended-use.md"
README = HOUSE / "README.md"
PAGES = sorted([*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")])

_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
# A command at the start of a line of a code block, or alone between backticks; not a word like "make sure".
_COMMAND = re.compile(r"(?:^|`)make ([a-z]+)(?=`| |$)", re.MULTILINE)
_RUN = re.compile(r"`(make [a-z]+|tomoni [a-z]+)[^`]*`")
# Why not yet has to stand beside it.
_NOT_YET = re.compile(r"not yet[: (]+\S")
# Who wrote a page must not show: folders of a machine, addresses of package indexes.
_NOBODYS_BUSINESS = re.compile(r"(?<![\w.])/(?:home|Users|root|work|tmp)/|pypi\.|/simple\b|registry\.npm")


@cache
def _tests_of(file: Path) -> frozenset[str]:
    """Names of the tests of a file: functions, methods of its classes, and machines named ``TestX = X.TestCase``."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(name for name in found if name.lower().startswith("test"))


def missing_tests(text: str) -> list[str]:
    """Tests that ``text`` names and that are not there."""
    return [
        f"{path}::{name}" if name else path
        for path, name in _TEST.findall(text)
        if not (HOUSE / path).is_file() or (name and name not in _tests_of(HOUSE / path))
    ]


def rows(text: str) -> list[list[str]]:
    """The rows of all tables, as cells, without heads."""
    found = [line.strip().strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in row] for row in found]
    rules = [at for at, row in enumerate(cells) if all(set(cell) <= set("-: ") for cell in row)]
    return [row for at, row in enumerate(cells) if at not in rules and at + 1 not in rules]


@pytest.mark.parametrize("page", [PROMISES, INTENDED_USE], ids=lambda page: page.stem)
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    assert len(_TEST.findall(text)) > 20
    assert missing_tests(text) == []


def test_every_promise_has_a_test_a_command_or_says_not_yet() -> None:
    promises = rows(PROMISES.read_text("utf-8"))
    assert len(promises) > 100
    empty = [
        row[0]
        for row in promises
        if len(row) != 2 or not (_TEST.search(row[1]) or _RUN.search(row[1]) or _NOT_YET.search(row[1]))
    ]
    assert empty == []


def test_every_hazard_names_what_prevents_it_and_which_test() -> None:
    text = INTENDED_USE.read_text("utf-8").partition("## Hazards")[2]
    hazards = rows(text)
    assert len(hazards) > 10
    for row in hazards:
        assert len(row) == 3, row
        assert _TEST.search(row[2]) or "not yet" in row[2], row[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    named = [link for link in _LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [link for link in named if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_tells_of_the_machine_it_was_written_on(page: Path) -> None:
    assert _NOBODYS_BUSINESS.findall(page.read_text("utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_is_one(page: Path) -> None:
    known = set(re.findall(r"^([a-z]+):", (HOUSE / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(_COMMAND.findall(page.read_text("utf-8"))) <= known


@pytest.mark.parametrize("page", sorted((HOUSE / "docs" / "how-to").glob("*.md")), ids=lambda page: page.stem)
def test_a_how_to_has_at_most_eight_steps(page: Path) -> None:
    steps = re.findall(r"^(\d+)\. ", page.read_text("utf-8"), re.MULTILINE)
    assert 0 < len(steps) <= 8
    assert steps == [str(number) for number in range(1, len(steps) + 1)]


def test_every_setting_is_explained() -> None:
    read = set(re.findall(r"TOMONI_[A-Z_]+", (BACKEND / "settings.py").read_text("utf-8")))
    explained = rows((HOUSE / "docs" / "settings.md").read_text("utf-8"))
    assert read
    assert {row[0].strip("`") for row in explained if row[0].startswith("`TOMONI_")} == read
    assert all(len(row) == 3 and row[1] and row[2] for row in explained)


def test_the_front_page_is_short_and_says_what_this_is_not() -> None:
    text = README.read_text("utf-8")
    assert len(text.splitlines()) <= 120
    assert "not an emergency service" in text
    assert "not an emergency service" in INTENDED_USE.read_text("utf-8")


def test_what_is_missing_is_seen() -> None:
    here = "`tests/house/test_docs.py::test_what_is_missing_is_seen` `tests/house/test_docs.py`"
    assert missing_tests(here) == []
    gone = "`tests/house/test_docs.py::test_of_nothing` `tests/house/test_nothing.py::test_x` `tests/no.py`"
    assert len(missing_tests(gone)) == 3
    assert rows("| a | b |\n|---|---|\n| c | d |\n") == [["c", "d"]]
    assert _COMMAND.findall("make run\n`make test`\nto make sure of it") == ["run", "test"]
