"""Staged days come back by source and day, however they came; those staged one by one too."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from backend.imports import staging
from backend.imports.staging import Day
from backend.imports.tables import StagedDayRow
from shared.ids import new_id
from tests.backend.imports.desk import Desk

_days = st.lists(
    st.tuples(st.sampled_from(["steps", "sleep"]), st.integers(0, 2), st.integers(-3, 9)), max_size=30
)


@given(st.lists(_days, max_size=4), st.sampled_from([1, 40, 10**6]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_days_come_back_in_order(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, writes: list[list[tuple[str, int, int]]], bytes_: int
) -> None:
    monkeypatch.setattr(staging, "_BUNDLE_BYTES", bytes_)
    import_id, number = new_id(), 0
    written: list[Day] = []
    with desk.record() as record:
        for write in writes:
            days = [
                Day(stream, source, day, b"%d|%s|%d" % (source, stream.encode(), len(written) + n))
                for n, (stream, source, day) in enumerate(write)
            ]
            number = staging.write_days(record.session, record.key, import_id, days, number)
            written += days
        assert staging.streams(record.session, record.id, import_id) == sorted(
            {day.stream for day in written}
        )
        for stream in ("steps", "sleep"):
            mine = [day for day in written if day.stream == stream]
            expected = [day.packed for day in sorted(mine, key=lambda day: (day.source, day.day))]
            assert list(staging.read_days(record.session, record.key, import_id, stream)) == expected
        staging.clear(record.session, record.id, import_id)


def test_many_days_are_few_rows_and_sealed(desk: Desk) -> None:
    import_id = new_id()
    days = [Day("steps", 0, day, b"what she walked %d" % day) for day in range(1000)]
    with desk.record() as record:
        assert staging.write_days(record.session, record.key, import_id, days, 0) == 1
        (row,) = record.session.scalars(select(StagedDayRow)).all()
        assert (row.seq, row.day, row.stream, row.source) == (0, 0, "steps", 0)
        assert b"walked" not in bytes(row.sealed)


def test_a_day_that_was_staged_alone_is_read_too(desk: Desk) -> None:
    """As before there were bundles; its bytes begin with its day."""
    import_id = new_id()
    alone = (20_000).to_bytes(8, "little") + b"and what it was"
    with desk.record() as record:
        sealed = record.key.seal("import_days.sealed", f"{import_id}/day/0", alone)
        row = {"record_id": record.id, "import_id": import_id, "seq": 0, "stream": "steps", "source": 0}
        record.session.execute(insert(StagedDayRow), [row | {"day": 20_000, "sealed": sealed}])
        assert list(staging.read_days(record.session, record.key, import_id, "steps")) == [alone]
