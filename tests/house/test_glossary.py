"""The glossary has a line for every word of the house, none twice, and none that the code does not know any more."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from shared.kinds import KINDS, STREAMS
from tests.house.rooms import BACKEND, HOUSE, trees

GLOSSARY = HOUSE / "GLOSSARY.md"
SIDES = ("shared", "backend", "mobile")
NOT_ON_SCREENS = "—"
# How JSON is checked, not what it says.
PLUMBING = {"Schema", "Strict", "Member", "Moment", "ChangeMembers", "ColumnsMembers", "VitalMembers"}
# Each member of these is a word of its own; the others (routes, meals, stages of sleep) are lists told in one line.
MEMBERS_ARE_WORDS = {"Scope", "Right", "Purpose", "Role", "Reason", "Word", "Session"}


@dataclass(frozen=True)
class Line:
    """One line of the glossary: the word, what screens say, its names in the code, and one sentence."""

    term: str
    japanese: str
    codes: tuple[str, ...]
    sentence: str


def lines(text: str) -> list[Line]:
    """Every line of every table, without their heads."""
    found = []
    for row in text.splitlines():
        cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
        if row.startswith("|") and cells[0] != "Word" and not set(cells[0]) <= set("-: "):
            assert len(cells) == 4, f"not four cells: {row}"
            found.append(Line(cells[0], cells[1], tuple(re.findall(r"`([^`]+)`", cells[2])), cells[3]))
    return found


LINES = lines(GLOSSARY.read_text("utf-8"))
NAMED = {code for line in LINES for code in line.codes}


def _bases(node: ast.ClassDef) -> set[str]:
    return {re.split(r"[\[.]", ast.unparse(base).removeprefix("schema."))[0] for base in node.bases}


def _classes_of_shared() -> Iterator[str]:
    for path in sorted((HOUSE / "shared").glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                if node.name in PLUMBING or _bases(node) & PLUMBING:
                    continue
                yield node.name
                if node.name in MEMBERS_ARE_WORDS:
                    yield from (f"{node.name}.{member}" for member in _members(node) if member.isupper())


def _members(node: ast.ClassDef) -> Iterator[str]:
    for each in node.body:
        if isinstance(each, ast.FunctionDef):
            yield each.name
        elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            yield each.target.id
        elif isinstance(each, ast.Assign):
            yield from (target.id for target in each.targets if isinstance(target, ast.Name))


def _tables() -> Iterator[str]:
    for path in sorted(BACKEND.glob("*/tables.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                yield node.name


def _states_of_an_import() -> Iterator[str]:
    tree = ast.parse((BACKEND / "imports" / "inbox.py").read_text("utf-8"))
    state = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "State")
    yield from (f"State.{member}" for member in _members(state))


def words() -> list[str]:
    """Every name that has to have a line."""
    rooms = (f"backend/{path.parent.name}/" for path in sorted(BACKEND.glob("*/__init__.py")))
    return [
        *_classes_of_shared(),
        *(f'KINDS["{name}"]' for name in KINDS),
        *(f'STREAMS["{name}"]' for name in STREAMS),
        *_states_of_an_import(),
        *_tables(),
        *rooms,
    ]


@cache
def known() -> frozenset[str]:
    """Every name that the code defines: `Class`, `Class.member`, `function`, `CONSTANT`, kinds and streams."""
    found = {f'KINDS["{name}"]' for name in KINDS} | {f'STREAMS["{name}"]' for name in STREAMS}
    for side in SIDES:
        for _, tree in trees(HOUSE / side):
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    found |= {node.name} | {f"{node.name}.{member}" for member in _members(node)}
                elif isinstance(node, ast.FunctionDef):
                    found.add(node.name)
                elif isinstance(node, ast.Assign | ast.AnnAssign):
                    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                    found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(found)


@cache
def screens() -> str:
    """All that the program may say, in one text."""
    return "\n".join(
        path.read_text("utf-8")
        for side in SIDES
        for path in sorted((HOUSE / side).rglob("*"))
        if path.suffix in {".py", ".kv", ".html"} and "node_modules" not in path.parts
    )


def test_every_word_has_a_line() -> None:
    assert [word for word in words() if word not in NAMED] == [], "GLOSSARY.md has no line for these"


def test_no_word_is_there_twice() -> None:
    terms = Counter(line.term.casefold() for line in LINES)
    codes = Counter(code for line in LINES for code in line.codes)
    assert [name for counted in (terms, codes) for name, times in counted.items() if times > 1] == []


def test_no_word_is_dead() -> None:
    dead = [code for code in NAMED if not ((HOUSE / code).exists() if "/" in code else code in known())]
    assert dead == [], "GLOSSARY.md names these, which are not there"


def test_each_line_is_one_sentence_with_a_name_in_the_code() -> None:
    assert [line.term for line in LINES if not line.codes] == []
    assert [line.term for line in LINES if not line.sentence.endswith(".") or ". " in line.sentence] == []


def test_the_japanese_is_what_screens_say() -> None:
    said = screens()
    unsaid = [
        line.japanese for line in LINES if line.japanese not in said and line.japanese != NOT_ON_SCREENS
    ]
    assert unsaid == []


def test_kinds_and_streams_are_called_as_their_labels_say() -> None:
    labels = {f'KINDS["{name}"]': kind.label for name, kind in KINDS.items()}
    labels |= {f'STREAMS["{name}"]': stream.label for name, stream in STREAMS.items()}
    called = {code: line.japanese for line in LINES for code in line.codes if code in labels}
    assert called == labels


def test_a_table_is_read_as_it_is_written() -> None:
    text = "| Word | Screens | Code | Meaning |\n|---|---|---|---|\n| cat | ねこ | `Cat`, `Cat.MIKE` | It purrs. |\n"
    assert lines(text) == [Line("cat", "ねこ", ("Cat", "Cat.MIKE"), "It purrs.")]
    assert "Cat" not in known()
    assert {"Scope", "Scope.VITALS", "decide", "KINDS", 'KINDS["weight"]'} <= known()
