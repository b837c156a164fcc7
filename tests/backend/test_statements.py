"""Statements that are made once: the rows that SQLAlchemy finds, in the order asked, nothing after a rollback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import Table, bindparam, event, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.consent.tables import VisitRow
from backend.house import House
from backend.records.tables import GlanceRow, RecordRow
from backend.seal import SealedBytes
from backend.statements import Statement
from shared.ids import new_id
from tests.cast import RECORD, Cast

VISITS = cast("Table", VisitRow.__table__)
RECORDS = cast("Table", RecordRow.__table__)
BOOKED = Statement.row_of(VISITS)
OF_RECORD = select(VISITS).where(VISITS.c.record_id == bindparam("record")).order_by(VISITS.c.at)
READ = Statement(OF_RECORD)
NEXT = Statement(
    update(RECORDS)
    .where(RECORDS.c.record_id == bindparam("record"))
    .values(change_number=RECORDS.c.change_number + 1)
    .returning(RECORDS.c.change_number)
)
GLANCE = Statement.row_of(cast("Table", GlanceRow.__table__), instead_of="record_id")
SOMEBODY = UUID(int=7)


def visit(ms: int, grant: UUID | None = None) -> dict[str, Any]:
    at = datetime(2026, 3, 3, 12, 0, 0, ms * 1000, UTC)
    told = {"role": "patient", "scopes": "vitals 100%", "right": "read", "purpose": "own", "way": "phone"}
    return {"record_id": RECORD, "id": new_id(), "at": at, "account_id": SOMEBODY, **told} | {
        "allowed": True, "reason": "its :own", "grant_id": grant,
    }  # fmt: skip


@pytest.fixture
def house(house: House, cast: Cast) -> House:
    return house


def test_rows_are_what_sqlalchemy_finds(house: House) -> None:
    rows = [visit(1), visit(2, new_id()), visit(3)]
    with house.database.transaction() as session:
        BOOKED.tell(session, rows[0])
        BOOKED.tell(session, *rows[1:])
        BOOKED.tell(session)
        found = READ.rows(session, {"record": RECORD})
        assert [row._asdict() for row in found] == rows
        assert [tuple(row) for row in found] == [
            tuple(row) for row in session.execute(OF_RECORD, {"record": RECORD})
        ]
        assert READ.rows(session, {"record": SOMEBODY}) == []
    with house.database.transaction(writes=False) as session:
        assert [row._asdict() for row in READ.rows(session, {"record": RECORD})] == rows


def test_what_is_asked_soon_is_answered_in_its_order(house: House) -> None:
    with house.database.transaction() as session:
        asked = []
        for ms in range(5):
            asked.append((NEXT.soon(session, {"record": RECORD}), READ.soon(session, {"record": RECORD})))
            BOOKED.tell(session, visit(ms))
        for ms, (number, seen) in enumerate(asked):
            assert number.rows()[0].change_number == ms + 1
            assert len(seen.rows()) == ms
            assert seen.rows() == seen.rows()


def test_what_was_told_is_there_for_any_statement_after_it(house: House) -> None:
    with house.database.transaction() as session:
        BOOKED.tell(session, visit(1))
        assert session.scalar(select(VISITS.c.at)) == visit(1)["at"]
        BOOKED.tell(session, visit(2))
        assert session.execute(text("SELECT count(*) FROM visits")).scalar_one() == 2
        BOOKED.tell(session, visit(3))
    with house.database.transaction(writes=False) as session:
        assert len(READ.rows(session, {"record": RECORD})) == 3


def test_a_savepoint_takes_back_what_was_told_in_it(house: House) -> None:
    with house.database.transaction() as session:
        BOOKED.tell(session, visit(1))
        inner = session.begin_nested()
        BOOKED.tell(session, visit(2))
        inner.rollback()
        BOOKED.tell(session, visit(3))
        assert [row.at.microsecond for row in READ.rows(session, {"record": RECORD})] == [1000, 3000]


def test_a_rollback_forgets_what_waits(house: House) -> None:
    with house.database.transaction() as session:
        BOOKED.tell(session, visit(1))
        session.rollback()
        BOOKED.tell(session, visit(2))

    def stopped() -> None:
        with house.database.transaction() as session:
            BOOKED.tell(session, visit(3))
            raise LookupError

    with pytest.raises(LookupError):
        stopped()
    with house.database.transaction() as session:
        assert [row.at.microsecond for row in READ.rows(session, {"record": RECORD})] == [2000]


def test_an_error_is_sqlalchemy_s_and_does_not_say_what_was_sent(house: House) -> None:
    row = visit(1)

    def twice(*, reads: bool) -> None:
        with house.database.transaction() as session:
            BOOKED.tell(session, row)
            BOOKED.tell(session, row)
            if reads:
                READ.rows(session, {"record": RECORD})

    for reads in (True, False):  # with the answer; with the commit
        with pytest.raises(IntegrityError) as error:
            twice(reads=reads)
        assert "its :own" not in str(error.value)
    with house.database.transaction() as session:
        assert READ.rows(session, {"record": RECORD}) == []


def test_a_reader_cannot_tell(house: House) -> None:
    with (
        pytest.raises(DBAPIError, match=r"readonly|read-only"),
        house.database.transaction(writes=False) as session,
    ):
        BOOKED.tell(session, visit(1))
    with house.database.transaction() as session:
        BOOKED.tell(session, visit(1))


def test_a_sealed_column_takes_nothing_open(house: House) -> None:
    row = {"record_id": RECORD, "sealed": b"open", "updated_at": visit(1)["at"]}
    with pytest.raises(TypeError), house.database.transaction() as session:
        GLANCE.tell(session, row)
    for sealed in (b"one", b"two"):  # there was one already
        with house.database.transaction() as session:
            GLANCE.tell(session, {**row, "sealed": SealedBytes(sealed)})
    with house.database.transaction() as session:
        assert session.scalar(select(GlanceRow.sealed).where(GlanceRow.record_id == RECORD)) == b"two"


@pytest.fixture
def trips(house: House) -> Iterator[list[int]]:
    """How many statements went with each way to the database; on SQLite each goes alone."""
    from backend import statements

    gone: list[int] = []
    real = statements._Line.send

    def send(line: Any, **how: bool) -> None:
        if line.waiting:
            gone.append(len(line.waiting))
        real(line, **how)

    statements._Line.send = send  # type: ignore[method-assign, assignment]
    yield gone
    statements._Line.send = real  # type: ignore[method-assign]


def test_what_nobody_needs_yet_goes_together(house: House, trips: list[int]) -> None:
    if house.database.is_sqlite:
        return
    notices: list[str] = []
    event.listen(
        house.database.engine,
        "checkout",
        lambda driver, *_: driver.add_notice_handler(lambda told: notices.append(told.message_primary)),
    )
    with house.database.transaction() as session:
        first = NEXT.soon(session, {"record": RECORD})
        BOOKED.tell(session, visit(1))
        READ.rows(session, {"record": RECORD})
        assert first.rows()
        BOOKED.tell(session, visit(2))
        BOOKED.tell(session, visit(3))
    assert trips == [3, 2]
    assert notices == []  # one BEGIN, one COMMIT
