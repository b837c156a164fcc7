"""Who may import whom, where import-linter has no words for it: which files may know the web or the window."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
# The only files of a room that speak HTTP, and the corridor (`proofs` reads the proof of a request for it);
# everything else is words and shelves.
DOORS = {"api", "pages", "notebook_api", "figures_api", "points_api"}
WEB_FILES = {*DOORS, "http", "app", "proofs"}
WEB_FOLDERS = {"web"}
# Only these may see the window.
WINDOW_FILES = {"view", "app", "main"}
WINDOW_FOLDERS = {"widgets", "device"}
# These know every room, because they put the house together.
WIRING = {"backend.app", "backend.commands", "backend.house", "backend.serving"}


@dataclass(frozen=True)
class Import:
    by: str
    of: str


def _modules(package: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((HOUSE / package).rglob("*.py")):
        parts = path.relative_to(HOUSE).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def _imports(package: str) -> Iterator[Import]:
    """Every import of ours, inside functions too; ``from a import b`` counts as both ``a`` and ``a.b``."""
    for name, path in _modules(package):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (Import(name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield Import(name, node.module)
                yield from (Import(name, f"{node.module}.{alias.name}") for alias in node.names)


def _is_of(imported: str, *libraries: str) -> bool:
    return imported.split(".", maxsplit=1)[0] in libraries


def _may(module: str, files: set[str], folders: set[str]) -> bool:
    parts = module.split(".")
    return parts[-1] in files or (len(parts) > 1 and parts[1] in folders)


def words_that_know_the_web(imports: Iterator[Import]) -> list[Import]:
    """Files that are no door and import Flask."""
    web = ("flask", "werkzeug", "flask_jwt_extended")
    return [
        one
        for one in imports
        if _is_of(one.of, *web) and not (_may(one.by, WEB_FILES, WEB_FOLDERS) or one.by in WIRING)
    ]


def states_that_know_the_window(imports: Iterator[Import]) -> list[Import]:
    """Files of the phone that must run without a window and import Kivy."""
    return [
        one for one in imports if _is_of(one.of, "kivy") and not _may(one.by, WINDOW_FILES, WINDOW_FOLDERS)
    ]


def foreign_shelves(imports: Iterator[Import]) -> list[Import]:
    """Imports of another room's tables or doors; and words that import the doors of their own room."""
    return [one for one in imports if one.by not in WIRING and _is_foreign(one)]


def _is_foreign(one: Import) -> bool:
    by, of = one.by.split("."), one.of.split(".")
    if len(of) < 3 or of[0] != "backend":
        return False
    same_room = len(by) > 2 and by[1] == of[1]
    if of[2] == "tables":
        return not same_room
    return of[2] in DOORS and (not same_room or by[-1] not in DOORS)


def test_words_do_not_know_the_web() -> None:
    assert words_that_know_the_web(_imports("backend")) == []


def test_states_do_not_know_the_window() -> None:
    assert states_that_know_the_window(_imports("mobile")) == []


def test_no_room_reaches_into_another_rooms_shelves_or_doors() -> None:
    assert foreign_shelves(_imports("backend")) == []


def test_migrations_know_nothing_of_ours() -> None:
    ours = [one for one in _imports("migrations/versions") if _is_of(one.of, "backend", "mobile", "shared")]
    assert ours == []


@pytest.mark.parametrize(
    ("by", "of", "rule"),
    [
        ("backend.vitals.measurements", "flask.request", words_that_know_the_web),
        ("backend.db", "flask", words_that_know_the_web),
        ("mobile.screens.today.state", "kivy.clock", states_that_know_the_window),
        ("mobile.sync", "kivy", states_that_know_the_window),
        ("backend.consent.grants", "backend.records.tables", foreign_shelves),
        ("backend.consent.grants", "backend.vitals.api.door", foreign_shelves),
        ("backend.vitals.measurements", "backend.vitals.pages", foreign_shelves),
    ],
)
def test_each_rule_can_be_broken(by: str, of: str, rule: object) -> None:
    assert callable(rule)
    assert rule(iter([Import(by, of)])) == [Import(by, of)]


@pytest.mark.parametrize(
    ("by", "of"),
    [
        ("backend.vitals.api", "flask"),
        ("backend.web.layout", "flask"),
        ("mobile.screens.today.view", "kivy.uix"),
        ("mobile.widgets.card", "kivy.uix"),
        ("backend.vitals.measurements", "backend.vitals.tables"),
        ("backend.vitals.pages", "backend.vitals.api"),
        ("backend.app", "backend.vitals.api"),
    ],
)
def test_doors_views_and_own_shelves_are_free(by: str, of: str) -> None:
    one = Import(by, of)
    for rule in (words_that_know_the_web, states_that_know_the_window, foreign_shelves):
        assert rule(iter([one])) == []
