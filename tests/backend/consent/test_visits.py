"""The visitors' book: one entry a record shown or refused, whole for its owner, and quick to write for a list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from backend.consent import grants
from backend.consent.opened import NotOpened, every_right
from backend.consent.tables import VisitRow
from backend.house import House
from backend.records import records
from backend.records.records import Glance
from backend.vitals import measurements
from shared import clock
from shared.consent import Grant, Purpose, Right, Role, Scope, Viewer
from shared.ids import new_id
from shared.problems import Refused
from tests.backend.doors import house_of, knocking
from tests.cast import NOBODYS_RECORD, RECORD, Cast

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
BOOK = f"/api/records/{RECORD}/visits"


def test_she_reads_who_looked_and_who_was_refused(app: Flask, cast: Cast) -> None:
    hanako, sato, kato = (knocking(app, person) for person in (cast.hanako, cast.sato, cast.kato))
    with clock.held(NOW - timedelta(days=1)):
        cast.lets_in(cast.sato, Scope.VITALS)
    with clock.held(NOW):
        sato.get(f"/api/records/{RECORD}/vitals")
    with clock.held(NOW + timedelta(minutes=1)):
        kato.get(f"/api/records/{RECORD}/medicines")
    with clock.held(NOW + timedelta(minutes=2)):
        sato.client.get(f"/records/{RECORD}", base_url="https://localhost")
    with clock.held(NOW + timedelta(minutes=3)):
        told: Any = hanako.get(BOOK, query_string={"limit": 4}).json
    own, page, refused, opened = told["visits"]
    assert (own["who"]["name"], own["outcome"], own["reason"], own["purpose"]) == (
        "山田 花子", "opened", "owner", "own",
    )  # fmt: skip
    assert (page["way"], page["outcome"], page["who"]["name"]) == ("web", "opened", "佐藤 健")
    assert (refused["who"]["name"], refused["who"]["facility"]) == ("加藤 誠", "みなと総合病院")
    assert (refused["outcome"], refused["reason"], refused["scopes"]) == (
        "refused",
        "no_grant",
        ["medicines"],
    )
    assert (opened["outcome"], opened["reason"], opened["scopes"]) == ("opened", "grant", ["vitals"])
    assert (opened["at"], opened["right"], opened["way"]) == ("2026-03-03T09:00:00Z", "read", "phone")


def test_a_page_of_the_book_never_ends_inside_a_moment(app: Flask, cast: Cast) -> None:
    hanako, kato = knocking(app, cast.hanako), knocking(app, cast.kato)
    for minute in range(3):
        with clock.held(NOW + timedelta(minutes=minute)):
            for _ in range(5):
                kato.get(f"/api/records/{RECORD}/vitals")
    before, found = (NOW + timedelta(hours=1)).isoformat(), []
    while True:
        told: Any = hanako.get(BOOK, query_string={"limit": 3, "before": before}).json
        page = [visit for visit in told["visits"] if visit["outcome"] == "refused"]
        if not page:
            break
        found += [visit["id"] for visit in page]
        before = page[-1]["at"]
    assert len(found) == len(set(found)) == 15


@pytest.mark.parametrize(
    "wrong", [{"limit": "0"}, {"limit": "1.9"}, {"before": "2026-03-03T09:00:00"}, {"x": "1"}]
)
def test_a_wrong_question_is_told(app: Flask, cast: Cast, wrong: dict[str, str]) -> None:
    assert knocking(app, cast.hanako).get(BOOK, query_string=wrong).status_code == 422


def test_what_was_not_opened_cannot_be_read(cast: Cast) -> None:
    cast.lets_in(cast.sato, Scope.MEDICINES)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.sato)
        assert record.may(Scope.MEDICINES, Right.READ)
        assert not record.may(Scope.VITALS, Right.READ)
        with pytest.raises(NotOpened):
            measurements.history(record)
        with pytest.raises(NotOpened):
            grants.list_grants(record)


@pytest.mark.parametrize("record", [RECORD, NOBODYS_RECORD])
def test_a_refusal_looks_the_same_inside(cast: Cast, record: UUID) -> None:
    viewer = cast.kato.viewer
    with cast.house.database.transaction() as session, pytest.raises(Refused) as refused:
        cast.house.opener.open_parts(session, viewer, record, every_right(viewer))
    assert (refused.value.code, refused.value.words, refused.value.message()) == (
        "not_there", {}, "見つかりませんでした。",
    )  # fmt: skip


def _fifty(house: House, doctor: UUID, count: int) -> None:
    """So many people who let the doctor in."""
    now = clock.now()
    for n in range(count):
        owner, record_id = new_id(), new_id()
        with house.database.transaction() as session:
            records.begin(session, house.ring, record_id, owner, Glance(f"人 {n}"))
            viewer = Viewer(owner, Role.PATIENT)
            record = house.opener.open_parts(session, viewer, record_id, every_right(viewer))
            read, care = frozenset({Right.READ}), frozenset({Purpose.CARE})
            until = now + timedelta(days=30)
            grants.give(
                record, Grant(new_id(), record_id, doctor, frozenset({Scope.VITALS}), read, care, now, until)
            )


@contextmanager
def statements(house: House) -> Iterator[list[tuple[str, int]]]:
    """Every statement that reaches the database, and how many rows of words it carries."""
    said: list[tuple[str, int]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, words: Any, _context: Any, many: bool) -> None:
        said.append((" ".join(statement.split()), len(words) if many else 1))

    event.listen(house.database.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(house.database.engine, "before_cursor_execute", hear)


@pytest.mark.parametrize("path", ["/api/records", "/records"])
def test_a_list_of_fifty_is_one_insert_of_fifty(app: Flask, cast: Cast, path: str) -> None:
    sato, house, counts = knocking(app, cast.sato), house_of(app), []
    for more in (1, 49):
        _fifty(house, cast.sato.id, more)
        sato.client.get("/", base_url="https://localhost")  # a first request may renew what is kept
        with statements(house) as said:
            assert sato.get(path, base_url="https://localhost").status_code == 200
        booked = [rows for statement, rows in said if statement.startswith("INSERT INTO visits")]
        assert booked == [1 if more == 1 else 50]
        counts.append(len(said))
    assert counts[0] == counts[1], "the number of queries grows with the number of people"
    with house.database.transaction(writes=False) as session:
        mine = select(func.count()).where(VisitRow.account_id == cast.sato.id)
        assert session.scalar(mine) == 1 + 50


def test_nobody_hides_in_the_book_as_the_person_herself(app: Flask, cast: Cast) -> None:
    cast.lets_in(cast.sato, Scope.VITALS)
    for somebody in (cast.kato, cast.sato):
        asked = knocking(app, somebody).get(
            f"/api/records/{RECORD}/vitals", headers={"Tomoni-Purpose": Purpose.OWN.value}
        )
        assert asked.status_code == 404
    told: Any = knocking(app, cast.hanako).get(BOOK).json
    others = [visit for visit in told["visits"] if visit["who"]["name"] != "山田 花子"]
    assert [(visit["outcome"], visit["purpose"]) for visit in others] == [("refused", "care")] * 2
