"""Settings: each is documented, each documented one is read, and no other name is read from the environment."""

from __future__ import annotations

import ast
import re
from dataclasses import fields

from backend.settings import Settings
from tests.house.rooms import HOUSE, trees

PAGE = (HOUSE / "docs" / "settings.md").read_text("utf-8")


def _read() -> set[str]:
    """Every TOMONI_ name in the source of the server."""
    return {
        name
        for _, tree in trees(HOUSE / "backend")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for name in re.findall(r"\bTOMONI_[A-Z_]+\b", node.value)
    }


def _documented() -> set[str]:
    return set(re.findall(r"^\| `(TOMONI_[A-Z_]+)`", PAGE, re.MULTILINE))


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    assert _read() == _documented()


def test_every_field_has_a_name_of_its_own() -> None:
    assert {f"TOMONI_{field.name.upper()}" for field in fields(Settings)} == _documented()


def test_defaults_are_told_as_they_are() -> None:
    defaults = {field.name: field.default for field in fields(Settings) if isinstance(field.default, int)}
    assert len(defaults) == 3
    for name, value in defaults.items():
        row = re.search(rf"^\| `TOMONI_{name.upper()}` \|.*$", PAGE, re.MULTILINE)
        assert row is not None
        assert f"| {value} |" in row[0]


def test_only_commands_look_at_the_environment() -> None:
    found = {
        str(path.relative_to(HOUSE))
        for path, tree in trees(HOUSE / "backend")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    assert found <= {"backend/commands.py", "backend/serving.py", "backend/web/build.py"}
