"""Problems: each that is raised has its sentence, each sentence is used, and its blanks are what is handed to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from string import Formatter

import pytest

from shared import problems
from shared.problem_messages import MESSAGES
from tests.house.rooms import HOUSE, trees

SIDES = ("shared", "backend", "mobile")
KINDS = {
    name
    for name, kind in vars(problems).items()
    if isinstance(kind, type) and issubclass(kind, problems.Problem)
}
Raised = tuple[str, str, frozenset[str], bool]


def _raised() -> Iterator[Raised]:
    """Each problem that is made in the source: where, its code, the words given, and whether those are all."""
    for side in SIDES:
        for path, tree in trees(HOUSE / side):
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and _name(node.func) in KINDS and node.args:
                    code = node.args[0]
                    if isinstance(code, ast.Constant) and isinstance(code.value, str):
                        words = frozenset(
                            each.arg for each in node.keywords if each.arg not in (None, "field")
                        )
                        complete = all(each.arg is not None for each in node.keywords)
                        place = f"{path.relative_to(HOUSE)}:{node.lineno}"
                        yield place, code.value, frozenset(str(word) for word in words), complete


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _strings() -> set[str]:
    """Every text constant of the source but the sentences themselves."""
    return {
        node.value
        for side in SIDES
        for path, tree in trees(HOUSE / side)
        if path.name != "problem_messages.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


RAISED = list(_raised())


def test_many_problems_are_found() -> None:
    assert len(RAISED) > 60
    assert {"Invalid", "AskFirst", "NotThere"} <= KINDS


@pytest.mark.parametrize("code", sorted({code for _, code, _, _ in RAISED}))
def test_every_problem_has_its_sentence_with_its_blanks(code: str) -> None:
    assert code in MESSAGES
    blanks = {name for _, name, _, _ in Formatter().parse(MESSAGES[code]) if name}
    wrong = [
        place
        for place, raised, words, complete in RAISED
        if raised == code and complete and not blanks <= words
    ]
    assert wrong == [], f"the sentence has the blanks {sorted(blanks)}"


def test_every_sentence_is_used() -> None:
    assert sorted(MESSAGES.keys() - _strings()) == []
