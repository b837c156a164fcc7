"""Only `db.transaction()` commits; and every word on an opened record says first what it needs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.rooms import BACKEND, HOUSE, trees

# Alembic ends a transaction that is not the house's own. `one_writer` is the part of `transaction()` that commits for
# several who wait, `db.py` the rest of it.
MAY_COMMIT = {"backend/db.py", "backend/one_writer.py", "migrations/env.py"}
DOORS = {"api.py", "pages.py"}


def _calls(tree: ast.AST, name: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


def test_only_the_database_commits() -> None:
    found = [
        str(path.relative_to(HOUSE))
        for folder in ("backend", "migrations")
        for path, tree in trees(HOUSE / folder)
        if _calls(tree, "commit")
    ]
    assert set(found) == MAY_COMMIT


def _takes_a_record(function: ast.FunctionDef) -> bool:
    arguments = function.args.args
    return (
        bool(arguments)
        and arguments[0].annotation is not None
        and ast.unparse(arguments[0].annotation) == "OpenRecord"
    )


def _words() -> list[tuple[Path, ast.FunctionDef]]:
    return [
        (path, node)
        for path, tree in trees(BACKEND)
        if path.name not in DOORS and not path.name.endswith("_api.py")
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _takes_a_record(node)
    ]


# Called only by words of their own room that have asked already; they are no doors' business.
ASKED_ALREADY = {"at_a_glance", "pull", "push", "refresh", "home_pressure", "sealed", "opened"}


@pytest.mark.parametrize(("path", "word"), _words(), ids=lambda one: getattr(one, "name", None))
def test_words_say_first_what_they_need(path: Path, word: ast.FunctionDef) -> None:
    if word.name in ASKED_ALREADY:
        return
    body = word.body[1:] if ast.get_docstring(word) else word.body
    assert _calls(body[0], "must"), (
        f"{path.relative_to(HOUSE)}: {word.name} does not begin with record.must(...)"
    )
