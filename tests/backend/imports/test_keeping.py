from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from backend.consent.opened import NotOpened
from backend.imports import inbox, keeping
from backend.imports.inbox import State
from backend.medicines import dispensings
from backend.records import records
from backend.records.compared import Compared
from backend.vitals import measurements
from shared import clock
from shared.consent import Right, Scope
from shared.ids import new_id
from shared.problems import Clash, NotThere, Refused
from shared.sync import Change, stamp
from shared.vitals import BloodPressure, Vital
from tests.backend.imports.desk import Desk, readings, sample
from tests.cast import Cast

APPLE = sample("apple_health/hanako_2026.xml")
PHARMACY = sample("jahis_techo/hanako_pharmacy.txt")
EXPORT = sample("jahis_techo/hanako_export.txt")
SEVEN = datetime(2026, 2, 28, 22, 0, tzinfo=UTC)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="ja_JP">\n'


def _pressure(source: str, time: str, systolic: int) -> bytes:
    """An export with one blood pressure of 2026-03-01, local time."""
    at = f"2026-03-01 {time} +0900"
    place = f'sourceName="{source}" startDate="{at}" endDate="{at}"'
    kind = "HKQuantityTypeIdentifierBloodPressure"
    records = "".join(
        f' <Record type="{kind}{name}" unit="mmHg" {place} value="{value}"/>\n'
        for name, value in (("Systolic", systolic), ("Diastolic", 78))
    )
    pair = (
        f' <Correlation type="HKCorrelationTypeIdentifierBloodPressure" {place}>\n{records} </Correlation>\n'
    )
    return (HEAD + pair + "</HealthData>\n").encode()


def _later(desk: Desk, after: int) -> Sequence[Change]:
    """What a phone hears that knows everything up to a number."""
    return desk.do(lambda record: measurements.changes(record, after, 1000))


def test_an_apple_export_is_previewed_kept_and_taken_back(desk: Desk) -> None:
    previewed = desk.hand_in(APPLE, name="export.xml")
    assert (previewed.state, previewed.format) == (State.PREVIEWED, "apple_health")
    assert previewed.contents.counts["blood_pressure"] == Compared(new=3)
    assert (desk.vitals(), readings(desk)) == ([], {})

    kept = desk.keep(previewed.id)
    assert kept.state is State.KEPT
    assert kept.contents.counts == previewed.contents.counts
    shown = desk.vitals()
    assert sum(vital.kind == "blood_pressure" for vital in shown) == 3
    assert set(readings(desk)) >= {"steps", "heart_rate", "sleep"}

    assert desk.undo(kept.id).state is State.UNDONE
    assert (desk.vitals(), readings(desk)) == ([], {})


@pytest.mark.parametrize("file", [APPLE, PHARMACY, EXPORT], ids=["apple", "pharmacy", "notebook"])
def test_importing_again_adds_nothing(desk: Desk, file: bytes) -> None:
    desk.keep(desk.hand_in(file).id)
    before = (desk.vitals(), desk.medicines(), readings(desk))
    again = desk.hand_in(file)
    assert again.totals().new == again.totals().changed == 0
    assert again.totals().same > 0
    desk.keep(again.id)
    assert (desk.vitals(), desk.medicines(), readings(desk)) == before


def test_deciding_twice_changes_nothing(desk: Desk) -> None:
    handed = desk.hand_in(APPLE)
    kept = desk.keep(handed.id)
    before = (desk.vitals(), readings(desk), desk.rows("vital_versions"))
    assert desk.keep(handed.id) == kept
    assert (desk.vitals(), readings(desk), desk.rows("vital_versions")) == before
    undone = desk.undo(handed.id)
    versions = desk.rows("vital_versions")
    assert desk.undo(handed.id) == undone
    assert desk.rows("vital_versions") == versions


def test_what_was_taken_back_can_be_kept_after_all(desk: Desk) -> None:
    handed = desk.hand_in(APPLE)
    desk.keep(handed.id)
    before = (desk.vitals(), readings(desk))
    desk.undo(handed.id)
    again = desk.keep(handed.id)
    assert (desk.vitals(), readings(desk)) == before
    assert again.contents.counts == handed.contents.counts


def test_what_another_file_brought_too_stays(desk: Desk) -> None:
    one, two = desk.hand_in(PHARMACY), desk.hand_in(EXPORT)
    desk.keep(one.id)
    both = desk.keep(two.id)
    assert both.contents.counts["dispensing"] == Compared(new=2, same=1)
    assert len(desk.medicines()) == 3
    desk.undo(one.id)
    assert len(desk.medicines()) == 3
    desk.undo(two.id)
    assert desk.medicines() == []


def test_what_was_typed_is_found_again_and_never_taken_back(desk: Desk) -> None:
    typed = Vital(
        new_id(), "blood_pressure", SEVEN, 540, BloodPressure(Decimal(128), Decimal(78)), note="居間で"
    )
    desk.do(lambda record: measurements.note(record, typed, clock.now(), new_id()))
    handed = desk.hand_in(_pressure("cuff", "07:00:41", 128))
    assert handed.totals() == Compared(same=1)
    desk.keep(handed.id)
    assert desk.vitals() == [typed]
    desk.undo(handed.id)
    assert desk.vitals() == [typed]


def test_what_she_has_corrected_since_stays(desk: Desk) -> None:
    handed = desk.hand_in(APPLE)
    desk.keep(handed.id)
    weight = next(vital for vital in desk.vitals() if vital.kind == "weight")
    mine = replace(weight, reading=Decimal("51.0"), note="くつをはいていた")
    desk.do(lambda record: measurements.note(record, mine, stamp(clock.now(), clock.now()), new_id()))
    desk.undo(handed.id)
    assert desk.vitals() == [mine]


def test_the_phone_hears_of_what_was_kept_and_of_what_was_taken_back(desk: Desk) -> None:
    handed = desk.hand_in(APPLE)
    desk.keep(handed.id)
    heard = _later(desk, 0)
    assert len(heard) == len(desk.vitals())
    assert all(change.body for change in heard)
    desk.undo(handed.id)
    tombstones = _later(desk, max(change.number for change in heard))
    assert {change.id for change in tombstones} == {change.id for change in heard}
    assert all(change.body is None for change in tombstones)
    gone = desk.do(lambda record: dispensings.changes(record, 0, 100))
    assert gone == []


def test_the_glance_follows_keeping_and_undoing(desk: Desk) -> None:
    def glance() -> dict[str, object]:
        with desk.record() as record:
            return dict(records.read_glance(record.session, record.key).parts or {})

    handed = desk.hand_in(PHARMACY)
    assert "medicines" not in glance()
    desk.keep(handed.id)
    assert glance()["medicines"] == {"last_on": "2026-03-10", "medicines": 4}
    desk.undo(handed.id)
    assert glance()["medicines"] == {}


def test_nothing_is_decided_before_it_was_read(desk: Desk) -> None:
    handed = desk.upload(PHARMACY)
    for deed in (desk.keep, desk.undo):
        with pytest.raises(Clash) as clash:
            deed(handed.id)
        assert clash.value.code == "import_state"
    with pytest.raises(NotThere):
        desk.keep(new_id())


def test_the_inbox_is_the_owners_alone(desk: Desk, cast: Cast) -> None:
    handed = desk.hand_in(PHARMACY)
    cast.lets_in(cast.sato, Scope.VITALS, Scope.WEARABLES, Scope.MEDICINES, rights=(Right.READ, Right.WRITE))
    for person in (cast.sato, cast.taro, cast.kato):
        with desk.house.database.transaction() as session, pytest.raises(Refused):
            inbox.open_own(desk.house.opener, session, person.viewer, cast.record, "phone")
    with desk.house.database.transaction() as session:
        record = cast.open(session, cast.sato)
        for word in (inbox.find, keeping.keep, keeping.undo):
            with pytest.raises(NotOpened):
                word(record, handed.id)
    other = Desk(replace(cast, hanako=cast.kimura, record=cast.other_record))
    with pytest.raises(NotThere):
        other.find(handed.id)


def test_a_blood_pressure_of_another_route_is_the_same_within_a_minute(desk: Desk) -> None:
    desk.keep(desk.hand_in(_pressure("cuff", "07:00:41", 128)).id)
    assert desk.hand_in(_pressure("app", "07:00:00", 128)).totals() == Compared(same=1)
    assert desk.hand_in(_pressure("app", "07:00:00", 129)).totals() == Compared(new=1)
    assert desk.hand_in(_pressure("app", "07:02:00", 128)).totals() == Compared(new=1)
    assert [vital.reading for vital in desk.vitals()] == [BloodPressure(Decimal(128), Decimal(78))]


def test_a_large_file_is_kept_whole(desk: Desk) -> None:
    rows = [
        f' <Record type="HKQuantityTypeIdentifierStepCount" sourceName="iPhone" unit="count" '
        f'startDate="2026-0{1 + n % 9}-{1 + n // 9 % 28:02} {n % 24:02}:00:{n % 60:02} +0900" '
        f'endDate="2026-0{1 + n % 9}-{1 + n // 9 % 28:02} {n % 24:02}:10:{n % 60:02} +0900" value="{n % 900}"/>\n'
        for n in range(9_000)
    ]
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="ja_JP">\n'
        + "".join(rows)
        + "</HealthData>\n"
    )
    handed = desk.hand_in(text.encode())
    assert handed.state is State.PREVIEWED
    desk.keep(handed.id)
    assert len(readings(desk)["steps"]) == handed.contents.counts["steps"].new == 9_000
    desk.undo(handed.id)
    assert readings(desk) == {}
