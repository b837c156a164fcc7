"""Sync at the door: each told thing has its answer, pages never skip, and a phone learns what it may keep."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from itertools import count, pairwise
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.consent.opened import OpenRecord
from backend.house import House
from backend.medicines import dispensings
from backend.records.placed import Key, Placed
from backend.sync import pulling
from backend.sync.paging import Most
from backend.sync.pulling import PARTS, Asked
from backend.vitals import imported, measurements
from shared import clock
from shared.consent import Right, Scope
from shared.ids import new_id
from shared.medicines import Dispensing
from shared.sync import Change, Word, stamp, winner
from shared.sync_schema import change_from, change_members
from tests.backend.doors import Knocking, knocking
from tests.backend.fresh import Somebody, somebody
from tests.backend.people import MORNING, pressure
from tests.cast import RECORD, Cast

SYNC = f"/api/records/{RECORD}/sync"
NOW = MORNING + timedelta(hours=1)


@pytest.fixture
def hanako(app: Flask, cast: Cast) -> Iterator[Knocking]:
    with clock.held(NOW):
        yield knocking(app, cast.hanako)


def told(change: Change, edit: int = 1, **other: object) -> dict[str, object]:
    """A change as her phone sends it."""
    members = {**change_members(change), "edit": edit, **other}
    del members["number"]
    return members


def version(systolic: int = 131, id: UUID | None = None, ms: int = 0, device: int = 1) -> Change:
    """A version of a blood pressure."""
    return measurements.change_of(
        pressure(systolic, id=id), NOW + timedelta(milliseconds=ms), UUID(int=device)
    )


def push(phone: Knocking, *items: object) -> list[dict[str, Any]]:
    """The answers to a page of changes."""
    answer: Any = phone.post(f"{SYNC}/push", {"changes": list(items)})
    assert answer.status_code == 200, answer.json
    return list(answer.json["results"])


def pull(phone: Knocking, after: int = 0, limit: int = 500, place: str | None = None) -> dict[str, Any]:
    """One page; without a ``place`` as a phone asks that knows no places."""
    query = {"after": after, "limit": limit} | ({} if place is None else {"place": place})
    answer: Any = phone.get(f"{SYNC}/pull", query_string=query)
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def test_each_told_thing_has_its_own_answer(hanako: Knocking) -> None:
    good, improbable, impossible = version(131), version(230), version(999)
    results = push(
        hanako,
        told(good, edit=7),
        told(improbable),
        told(impossible),
        told(Change(Word.GRANT, new_id(), NOW, new_id(), "{}")),
        told(good, body="{}", id=str(new_id())),
        told(good, edited_at="yesterday", edit=9),
        {"word": "vital", "id": str(good.id)},
        told(version(132)) | {"surprise": 1},
        told(good, edit=8),
    )
    assert [each["state"] for each in results] == ["kept", *["refused"] * 7, "same"]
    assert (results[0]["id"], results[0]["edit"], results[0]["number"]) == (str(good.id), 7, 1)
    assert [each["problem"]["problem"] for each in results[1:-1]] == [
        "value_improbable", "value_impossible", "word_not_taken", "field_missing", "time_impossible",
        "field_missing", "field_unknown",
    ]  # fmt: skip
    assert all(each["problem"]["message"] for each in results[1:-1])
    assert results[5]["edit"] == 9
    assert [change["id"] for change in pull(hanako)["changes"]] == [str(good.id)]
    assert push(hanako, told(improbable, confirmed=True))[0]["state"] == "kept"


def test_a_body_of_another_measurement_is_refused(hanako: Knocking) -> None:
    one, other = version(), version()
    assert push(hanako, told(one, body=other.body))[0]["problem"]["field"] == "id"


def test_the_loser_is_kept_and_can_be_seen(hanako: Knocking) -> None:
    first = version(131, ms=5)
    late = version(121, first.id, ms=1, device=2)
    assert [each["state"] for each in push(hanako, told(first), told(late), told(late))] == [
        "kept",
        "lost",
        "same",
    ]
    heard = pull(hanako)
    assert [change_from(change).body for change in heard["changes"]] == [first.body]
    kept: Any = hanako.get(f"/api/records/{RECORD}/vitals/{first.id}/versions").json
    assert [each["vital"]["systolic"] for each in kept["versions"]] == ["121"]


def test_a_withdrawal_travels(hanako: Knocking) -> None:
    first = version()
    push(hanako, told(first))
    after = pull(hanako)["after"]
    gone = Change(Word.VITAL, first.id, NOW + timedelta(seconds=1), UUID(int=1), None)
    assert push(hanako, told(gone))[0]["state"] == "kept"
    (heard,) = pull(hanako, after)["changes"]
    assert (heard["id"], heard["body"]) == (str(first.id), None)


@pytest.mark.parametrize(
    "changes", [None, {}, "x", [told(version())] * 501], ids=["null", "object", "word", "too many"]
)
def test_a_page_that_is_none_is_refused(hanako: Knocking, changes: object) -> None:
    assert hanako.post(f"{SYNC}/push", {"changes": changes}).status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        {"after": -1},
        {"after": "x"},
        {"limit": 0},
        {"limit": 1.9},
        {"after": 2**63},
        {"size": 0},
        {"size": 2**26},
        {"place": "x" * 501},
    ],
)
def test_a_wrong_question_is_refused(hanako: Knocking, query: dict[str, object]) -> None:
    assert hanako.get(f"{SYNC}/pull", query_string=query).status_code == 422


# What a viewer may see ------------------------------------------------------------------------------------------------


def test_what_a_doctor_hears_follows_the_grants(app: Flask, cast: Cast, hanako: Knocking) -> None:
    push(hanako, told(version()))
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        dispensings.keep_many(record, [(Dispensing(new_id(), date(2026, 3, 1), ()), "d")], new_id())
    sato, path = knocking(app, cast.sato), f"{SYNC}/pull"
    assert sato.get(path).status_code == 404
    vitals = cast.lets_in(cast.sato, Scope.VITALS)
    narrow = pull(sato)
    assert {change["word"] for change in narrow["changes"]} == {"vital"}
    assert set(narrow["forget"]) == {"wearables", "medicines", "findings"}
    wide_grant = cast.lets_in(cast.sato, Scope.MEDICINES)
    wide = pull(sato)
    assert {change["word"] for change in wide["changes"]} == {"vital", "dispensing"}
    # What may be seen of medicines comes anew from the beginning: what stands there already is forgotten first.
    assert set(wide["forget"]) == {"wearables", "medicines", "findings"}
    assert wide["view"] != narrow["view"]
    later = pull(sato, after=wide["after"])
    assert later["view"] == wide["view"]
    assert set(later["forget"]) == {"wearables", "findings"}
    hanako.post(f"/api/records/{RECORD}/grants/{vitals.id}/revoke")
    other = pull(sato)
    assert {change["word"] for change in other["changes"]} == {"dispensing"}
    assert other["view"] not in (wide["view"], narrow["view"])
    assert set(other["forget"]) == {"vitals", "wearables", "medicines", "findings"}
    hanako.post(f"/api/records/{RECORD}/grants/{wide_grant.id}/revoke")
    assert sato.get(path).status_code == 404
    own = pull(hanako)
    assert own["forget"] == []
    assert {change["word"] for change in own["changes"]} == {"vital", "dispensing", "grant"}
    assert own["view"] not in (wide["view"], narrow["view"], other["view"])


def test_two_viewers_of_the_same_parts_have_views_of_their_own(app: Flask, cast: Cast) -> None:
    for person in (cast.sato, cast.mori):
        cast.lets_in(person, Scope.VITALS)
    sato, mori = (pull(knocking(app, person)) for person in (cast.sato, cast.mori))
    assert sato["view"] != mori["view"]


# Pages ----------------------------------------------------------------------------------------------------------------


# Two equal readings of one minute that two imports bring are one reading: here each is of its own minute.
_NTH = count()


def _fill(her: Somebody, sizes: list[tuple[int, int]]) -> None:
    """Transactions of so many vitals and so many dispensings each; a later one changes a few of the earlier."""
    chance, ids = random.Random(len(sizes)), list[UUID]()
    for vitals, dispensed in sizes:
        with her.record() as record:
            fresh = [pressure(minutes=2 * next(_NTH)) for _ in range(vitals)]
            imported.keep_many(record, [(vital, str(vital.id)) for vital in fresh], new_id())
            items = [(Dispensing(new_id(), date(2026, 3, 1), ()), str(new_id())) for _ in range(dispensed)]
            dispensings.keep_many(record, items, new_id())
            for changed in chance.sample(ids, min(2, len(ids))):
                measurements.note(
                    record, pressure(130, id=changed), clock.now() + timedelta(days=1), new_id()
                )
            ids += [vital.id for vital in fresh]


def everything_in(record: OpenRecord) -> list[Change]:
    """All that a phone may hear, at once."""
    return pulling.pull(record, Asked(0, Most(1_000_000, 10**12))).changes


def _pages(her: Somebody, limit: int, between: Callable[[], None] = lambda: None) -> list[list[Change]]:
    """Page after page until there is no more."""
    after, pages = 0, []
    for _ in range(200):
        with her.record() as record:
            heard = pulling.pull(record, Asked(after, Most(limit)))
        pages.append(heard.changes)
        assert heard.after >= after
        assert all(after < change.number <= heard.after for change in heard.changes)
        after = heard.after
        if not heard.more:
            return pages
        between()
    raise AssertionError("pages without end")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 4)), max_size=6), st.integers(1, 12))
def test_pages_together_are_everything_and_no_transaction_is_split(
    house: House, sizes: list[tuple[int, int]], limit: int
) -> None:
    her = somebody(house)
    _fill(her, sizes)
    with her.record() as record:
        everything = everything_in(record)
    pages = _pages(her, limit)
    assert [change for page in pages for change in page] == everything
    for one, next_one in pairwise(pages):
        assert not {change.number for change in one} & {change.number for change in next_one}
    for page in pages:
        numbers = {change.number for change in page}
        # Only a transaction that alone is larger than a page makes a page larger, each part of it having the limit.
        assert len(page) <= 2 * limit or len(numbers) == 1


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 5))
def test_what_changes_while_pages_are_heard_is_heard_too(house: House, limit: int) -> None:
    her = somebody(house)
    _fill(her, [(3, 1), (3, 1)])
    more = iter([(2, 0), (0, 2), (1, 1)])
    pages = _pages(her, limit, lambda: _fill(her, [size] if (size := next(more, None)) else []))
    heard: dict[UUID, Change] = {change.id: change for page in pages for change in page}
    with her.record() as record:
        newest = {change.id: change for change in everything_in(record)}
    assert heard == newest


def test_a_commit_between_two_parts_of_a_page_waits_for_the_next(house: House) -> None:
    if house.database.is_sqlite:
        return  # one writer at a time: nothing can be committed while a page is read
    her = somebody(house)
    _fill(her, [(1, 1)])

    def interrupted(record: OpenRecord, after: int, limit: int, key: Key) -> Sequence[Placed]:
        found = measurements.changes(record, after, limit, key)
        _fill(her, [(1, 1)])
        return found

    parts = [replace(part, read=interrupted) if part.name == "vitals" else part for part in PARTS]
    with her.record() as record:
        first = pulling.pull(record, Asked(), parts)
    assert [change.word for change in first.changes] == ["dispensing", "vital"]
    with her.record() as record:
        second = pulling.pull(record, Asked(first.after))
    assert sorted(change.word for change in second.changes) == ["dispensing", "vital"]


# Two phones -----------------------------------------------------------------------------------------------------------


class Phone:
    """As little of a phone as the conflict rule needs: what it shows, and what it has not told yet."""

    def __init__(self, device: int, fast_ms: int) -> None:
        self.device, self.fast = UUID(int=device), timedelta(milliseconds=fast_ms)
        self.shown: dict[UUID, Change] = {}
        self.untold: list[Change] = []
        self.after = 0

    def edit(self, vital_id: UUID, systolic: int, at_ms: int) -> None:
        """She types a value into this phone, whose clock is wrong."""
        known = self.shown.get(vital_id)
        moment = stamp(NOW + timedelta(milliseconds=at_ms) + self.fast, known.edited_at if known else None)
        made = measurements.change_of(pressure(systolic, id=vital_id), moment, self.device)
        self.shown[vital_id] = made
        self.untold.append(made)

    def sync(self, hanako: Knocking, *, answer_lost: bool) -> None:
        """Tell, then hear; or tell without hearing that it arrived."""
        if self.untold:
            push(hanako, *(told(change) for change in self.untold))
        if answer_lost:
            return
        self.untold.clear()
        heard = pull(hanako, self.after)
        for members in heard["changes"]:
            change = change_from(members)
            if change.word == Word.VITAL:
                known = self.shown.get(change.id)
                self.shown[change.id] = change if known is None else winner(known, change)
        self.after = heard["after"]


EDITS = st.tuples(
    st.integers(0, 1), st.integers(0, 1), st.integers(120, 140), st.sampled_from(["edit", "sync", "lost"])
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EDITS, max_size=12), st.integers(-5_000, 5_000))
def test_two_phones_and_the_server_agree(
    app: Flask, cast: Cast, hanako: Knocking, deeds: list[tuple[int, int, int, str]], fast: int
) -> None:
    phones, ids = [Phone(1, fast), Phone(2, 0)], [new_id(), new_id()]
    made: list[Change] = []
    for at_ms, (phone, vital, systolic, deed) in enumerate(deeds):
        if deed == "edit":
            phones[phone].edit(ids[vital], systolic, at_ms)
            made.append(phones[phone].untold[-1])
        else:
            phones[phone].sync(hanako, answer_lost=deed == "lost")
    for phone_ in [*phones, *phones]:
        phone_.sync(hanako, answer_lost=False)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        served = {each.id: each for each in measurements.changes(record, 0, 1_000_000)}
    for vital_id in ids:
        mine = [change for change in made if change.id == vital_id]
        if mine:
            best = reduce(winner, mine)
            for side in (phones[0].shown, phones[1].shown, served):
                found = side[vital_id]
                assert (found.edited_at, found.device, found.body) == (best.edited_at, best.device, best.body)


def test_a_doctor_with_a_right_to_read_tells_nothing(app: Flask, cast: Cast) -> None:
    cast.lets_in(cast.sato, Scope.VITALS)
    cast.lets_in(cast.mori, Scope.VITALS, rights=(Right.WRITE,))
    body = {"changes": [told(version())]}
    with clock.held(NOW):
        assert knocking(app, cast.sato).post(f"{SYNC}/push", body).status_code == 404
    assert knocking(app, cast.mori).post(f"{SYNC}/push", body).status_code == 200
