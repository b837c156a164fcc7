"""`tomoni drugs`: load the operator's own downloads, and say what is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from backend.db import Database
from backend.drugs import lists
from backend.drugs.lists import DrugList, Loaded
from backend.settings import Settings

_NONE = (
    "no list is loaded: medicines are checked with what comes with the program (tomoni drugs load FILE...)"
)


def load(settings: Settings, paths: Sequence[Path], valid_from: date | None) -> Iterator[str]:
    """Load the files in their order, all or none; one line of what changed for each, and examples."""
    database = Database(settings.database_url)
    try:
        with database.transaction() as session:
            done = [lists.load(session, path, valid_from) for path in paths]
    finally:
        database.close()
    for each in done:
        yield from _said(each)


def listed(settings: Settings) -> Iterator[str]:
    """One line for each version; a star marks those in force."""
    database = Database(settings.database_url)
    try:
        with database.transaction(writes=False) as session:
            found = lists.loaded(session)
    finally:
        database.close()
    yield from map(_line, found) if found else [_NONE]


def _said(done: Loaded) -> Iterator[str]:
    head = f"{done.kind} from {done.valid_from}, {done.rows:,} lines ({done.name})"
    if not done.is_new:
        yield f"{head}: nothing new"
        return
    what = done.difference
    yield f"{head}: {what.added:,} new, {what.gone:,} gone, {what.renamed:,} renamed"
    yield from (f"  {example}" for example in what.examples)


def _line(each: DrugList) -> str:
    return f"{'*' if each.in_force else ' '} {each.kind:<10} from {each.valid_from}  {each.rows:>7,}  {each.name}"
