"""The texts of people, made ready to be looked up: each language file (.po) becomes a compiled one (.mo) beside it."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_all(languages: Path) -> list[Path]:
    """Compile ``languages/<language>/<domain>.po`` where it is newer than its ``.mo``; returns what was made.

    An entry marked fuzzy is not used, as in gettext. A damaged file raises ``babel.messages.pofile.PoFileError``.
    """
    stale = [po for po in sorted(languages.glob("*/*.po")) if _is_stale(po, po.with_suffix(".mo"))]
    for po in stale:
        _compile(po)
    return stale


def _is_stale(po: Path, mo: Path) -> bool:
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def _compile(po: Path) -> None:
    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parent.name, abort_invalid=True)
    half_made = po.with_suffix(".mo.part")
    with half_made.open("wb") as target:
        write_mo(target, catalogue)
    half_made.replace(po.with_suffix(".mo"))
