"""A damaged file of every format on its whole way: handed in, read by the job, told; the original is kept."""

from __future__ import annotations

import random
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.db import Base
from backend.imports import originals
from backend.imports.inbox import Import, State
from backend.imports.tables import ImportRow
from backend.jobs import JobRow, run_due
from shared.formats import FORMATS
from shared.languages import speaking
from tests.backend.imports.desk import Desk
from tests.backend.imports.test_killed import as_if_minutes_passed
from tests.shared.formats import claims, damage

# What an import may leave before anybody said yes; a refused one leaves the first two alone.
ORIGINAL = {"imports", "import_pieces"}
STAGED = {"import_items", "import_days"}
# Beside it: the job that was done, and the count of what changes in a record.
BOOKS = {"jobs", "records", "visits"}


DAMAGES = ("truncated", "bit-flipped", "empty", "claiming 2 GB", "mislabelled")


def damaged(of: str, how: str) -> tuple[str, str, bytes]:
    """A sample of a format with that damage: what it is, its name, its bytes."""
    name, sound = damage.samples(of)[-1]
    pick = random.Random(of + how)
    if how == "truncated":
        return of, name, sound[: pick.randrange(len(sound) // 3, len(sound) * 2 // 3)]
    if how == "bit-flipped":
        return of, name, damage.flipped(sound, pick.randrange(len(sound)), pick.randrange(8))
    if how == "claiming 2 GB":
        told, claiming = pick.choice(claims.small(of))
        return f"{of}: {told}", name, claiming.open().read()
    if how == "mislabelled":
        other, content = damage.of_other_kinds(of)[pick.randrange(40)]
        return f"{of}: {other}", name, content
    return of, name, b""


def counts(desk: Desk) -> dict[str, int]:
    """How many rows every table has that is neither a book nor empty."""
    found = {name: desk.rows(name) for name in Base.metadata.tables if name not in BOOKS}
    return {name: count for name, count in found.items() if count}


def told(one: Import) -> list[str]:
    """The sentence of a refused file in each language."""
    sentences = []
    for language in ("ja", "en"):
        with speaking(language):
            sentences.append("" if one.contents.problem is None else one.contents.problem.message())
    return sentences


def original(desk: Desk, import_id: UUID) -> bytes:
    """The bytes that are kept of a file."""
    with desk.record() as record:
        row = record.session.get_one(ImportRow, (record.id, import_id))
        sizes = originals.part_sizes(record.session, record.id, row.upload_id)
        key, upload_id = record.key, row.upload_id
    reading = partial(desk.house.database.transaction, writes=False)
    return originals.open_part(key, upload_id, 0, sizes.get(0, 0), reading).read()


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_file_of_each_format_is_told_and_nothing_half_kept(desk: Desk, how: str) -> None:
    before = counts(desk)
    files = [damaged(of, how) for of in FORMATS]
    handed = [(what, desk.upload(content, name=name).id, content) for what, name, content in files]
    as_if_minutes_passed(desk)  # nobody read the small ones at once: all are the job's
    run_due(desk.house)
    for what, import_id, content in handed:
        one = desk.find(import_id)
        assert one.state in (State.REFUSED, State.ASKING, State.PREVIEWED), what
        assert original(desk, import_id) == content, what
        assert bool(staged(desk, import_id)) == (one.state is State.PREVIEWED), what
        if one.state is State.REFUSED:
            assert one.contents.problem is not None
            japanese, english = told(one)
            assert japanese != english, what
            assert one.contents.problem.code != "unexpected", what
        elif one.state is State.PREVIEWED:
            assert one.contents.counts or one.troubles, what
            assert all(each.text() for each in desk.troubles(import_id)), what
        assert (one.state is State.REFUSED) >= (how == "empty"), what
    after = counts(desk)
    assert {name for name in after if after[name] != before.get(name, 0)} <= ORIGINAL | STAGED
    with desk.house.database.transaction(writes=False) as session:
        assert not session.scalars(select(JobRow).where(JobRow.name == "imports.reading.read")).all()


def staged(desk: Desk, import_id: UUID) -> int:
    """How much of a file waits for a yes."""
    with desk.house.database.transaction(writes=False) as session:
        tables = [Base.metadata.tables[name] for name in sorted(STAGED)]
        found = [
            session.execute(select(table.c.import_id).where(table.c.import_id == import_id)).all()
            for table in tables
        ]
        return sum(map(len, found))
