from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.db import Base
from backend.imports import inbox, reading
from backend.imports.inbox import SMALL, State, state_label
from backend.jobs import run_due
from shared.ids import new_id
from shared.languages import speaking
from shared.problems import Refused, TooBig
from tests.backend.imports.desk import Desk, sample

APPLE = sample("apple_health/hanako_2026.xml")
PHARMACY = sample("jahis_techo/hanako_pharmacy.txt")


@pytest.mark.parametrize("large", [False, True])
def test_a_file_of_this_machine_goes_into_the_owners_inbox(
    desk: Desk, tmp_path: Path, *, large: bool
) -> None:
    path = tmp_path / "書き出したデータ.xml"
    path.write_bytes(APPLE + b"<!-- " + b"x" * SMALL + b" -->" if large else APPLE)
    received = reading.receive_file(desk.house, desk.cast.hanako.viewer, desk.cast.record, path)
    assert (received.state, received.contents.name) == (
        State.WAITING if large else State.PREVIEWED,
        path.name,
    )
    run_due(desk.house)
    assert desk.find(received.id).contents.counts["blood_pressure"].new == 3


def test_nobody_else_may_put_a_file_there(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(PHARMACY)
    for record in (desk.cast.record, new_id()):
        with pytest.raises(Refused):
            reading.receive_file(desk.house, desk.cast.kato.viewer, record, path)


def test_a_file_over_the_limit_is_refused(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(1_000_001))
    small = replace(desk.house, settings=replace(desk.house.settings, upload_limit_mb=1))
    with pytest.raises(TooBig):
        reading.receive_file(small, desk.cast.hanako.viewer, desk.cast.record, path)
    assert desk.rows("import_pieces") == 0


def test_the_inbox_lists_the_newest_first(desk: Desk) -> None:
    handed = [desk.hand_in(b"%d" % number).id for number in range(3)]
    assert [each.id for each in desk.do(inbox.inbox)] == handed[::-1]


def test_nothing_of_a_file_lies_open_in_the_database(desk: Desk) -> None:
    desk.keep(desk.hand_in(PHARMACY, name="花子のお薬.txt").id)
    desk.hand_in(sample("jahis_techo/hanako_mistakes.txt"))
    desk.keep(desk.hand_in(APPLE).id)
    stored = b"".join(_stored(desk))
    assert len(stored) > len(PHARMACY) + len(APPLE) // 20
    for text in ("山田 花子", "ｱﾑﾛｼﾞﾋﾟﾝ", "花子のお薬", "だれも知らない", "花子のApple"):
        assert stored.find(text.encode()) < 0
        assert stored.find(text.encode("cp932")) < 0


def _stored(desk: Desk) -> Iterator[bytes]:
    """All text and bytes of the rooms that an import touches."""
    with desk.house.database.transaction(writes=False) as session:
        for name, table in Base.metadata.tables.items():
            if name not in {"accounts", "facilities"}:
                for value in (value for row in session.execute(select(table)) for value in row):
                    yield value if isinstance(value, bytes) else str(value).encode()


def test_every_state_has_a_name_in_both_languages() -> None:
    for language in ("ja", "en"):
        with speaking(language):
            names = {state_label(state) for state in State}
        assert len(names) == len(State)
