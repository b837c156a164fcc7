"""The files of the house as the house tests look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
BACKEND = HOUSE / "backend"


def load_tables() -> None:
    """Import every file of tables there is, so that `Base` knows them."""
    for path in sorted(BACKEND.glob("*/tables.py")):
        import_module(f"backend.{path.parent.name}.tables")
    import_module("backend.jobs")


def trees(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Every Python file below ``folder``, parsed."""
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))
