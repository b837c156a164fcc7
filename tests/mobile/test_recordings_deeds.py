"""What devices recorded, on the phone itself: heard with a sync, there without a network, drawn whole when asked."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from mobile.account import own_record
from mobile.asks import LoadHeart, LoadRecordings, OpenStore, SyncNow
from mobile.events import HeartLoaded, OpenedStore, RecordingsLoaded, Synced
from mobile.store.bodies import electrocardiogram_in, members, moment_of, workout_in
from shared import clock
from shared.electrocardiograms import Electrocardiogram
from shared.electrocardiograms_schema import electrocardiogram_members
from shared.ids import new_id
from shared.strict_json import dumps
from shared.sync import Change, Word
from shared.workouts import Workout
from shared.workouts_schema import workout_members
from tests.mobile.examples import HEART, NOW, WORKOUTS
from tests.mobile.model_server import LossyWay, ModelServer
from tests.mobile.phones import MORNING, Handset, handset, sign_up

E = TypeVar("E")
OLDER = replace(HEART, id=new_id(), taken_at=NOW - timedelta(days=400), nanovolts=array("i", [7, -7]))


@pytest.fixture
def way() -> LossyWay:
    return LossyWay(ModelServer())


@pytest.fixture
def hanako(tmp_path: Path, way: LossyWay) -> Iterator[Handset]:
    phone = handset(tmp_path, way)
    sign_up(phone)
    yield phone
    phone.store.close()


def does(phone: Handset, effect: object, answer: type[E]) -> E:
    (event,) = phone.does(effect)
    assert isinstance(event, answer), event
    return event


def body_of(recording: Electrocardiogram | Workout) -> str:
    if isinstance(recording, Workout):
        return dumps(workout_members(recording))
    return dumps(electrocardiogram_members(recording))


def import_kept(
    phone: Handset, way: LossyWay, *found: Electrocardiogram | Workout, undone: bool = False
) -> None:
    """An import was kept (or undone): the server has recordings that this phone will hear of."""
    record = way.server.records[str(own_record(phone.store))]
    for each in found:
        word = Word.WORKOUT if isinstance(each, Workout) else Word.ELECTROCARDIOGRAM
        at = MORNING.replace(hour=23 if undone else 22)
        record.take(Change(word, each.id, at, phone.store.device, None if undone else body_of(each)))
    does(phone, SyncNow(), Synced)


def test_heard_once_and_there_without_a_network_newest_first(hanako: Handset, way: LossyWay) -> None:
    assert does(hanako, LoadRecordings(), RecordingsLoaded) == RecordingsLoaded((), ())
    import_kept(hanako, way, OLDER, HEART, *reversed(WORKOUTS))
    way.offline = True
    hanako.store.close()
    again = handset(hanako.device.folder, way)
    does(again, OpenStore(), OpenedStore)
    listed = does(again, LoadRecordings(), RecordingsLoaded)
    assert [each.id for each in listed.hearts] == [HEART.id, OLDER.id]
    assert listed.workouts == WORKOUTS
    # A list holds no samples; all else of it is as it was told.
    assert listed.hearts == tuple(replace(each, nanovolts=array("i", [0])) for each in (HEART, OLDER))
    assert does(again, LoadHeart(HEART.id), HeartLoaded).heart == HEART
    again.store.close()


def test_an_undone_import_takes_them_back(hanako: Handset, way: LossyWay) -> None:
    import_kept(hanako, way, HEART, *WORKOUTS)
    import_kept(hanako, way, HEART, WORKOUTS[0], undone=True)
    assert does(hanako, LoadRecordings(), RecordingsLoaded) == RecordingsLoaded((), WORKOUTS[1:])
    assert does(hanako, LoadHeart(HEART.id), HeartLoaded).heart is None
    assert does(hanako, LoadHeart(new_id()), HeartLoaded).heart is None


def test_nothing_of_it_stands_in_clear_on_the_phone(hanako: Handset, way: LossyWay) -> None:
    import_kept(hanako, way, HEART, *WORKOUTS)
    samples = str(members(body_of(HEART))["nanovolts"])
    hanako.store.close()
    raw = b"".join(path.read_bytes() for path in hanako.device.folder.glob("phone.db*"))
    assert samples[:24].encode() not in raw
    for said in ("どきどきする", "ラジオ体操", "Apple Watch", "sinus_rhythm"):
        assert said.encode() not in raw


def test_a_newer_servers_recording_is_read_as_far_as_it_is_known() -> None:
    for recording, read in ((HEART, electrocardiogram_in), (WORKOUTS[0], workout_in)):
        told = members(body_of(recording))
        assert read(dumps({**told, "colour": "red"})) == recording
        assert read("{}") is None
        assert read("not JSON") is None
    assert workout_in(dumps({**members(body_of(WORKOUTS[0])), "activity": "levitation"})) is None
    heart = members(body_of(HEART))
    assert electrocardiogram_in(dumps({**heart, "nanovolts": "AAAA"})) is None
    assert electrocardiogram_in("{}", drawn=False) is None


def test_one_that_cannot_be_read_does_not_hide_the_others(hanako: Handset, way: LossyWay) -> None:
    record = way.server.records[str(own_record(hanako.store))]
    odd = dumps({**members(body_of(HEART)), "classified": "a word of tomorrow"})
    record.take(Change(Word.ELECTROCARDIOGRAM, new_id(), MORNING, hanako.store.device, odd))
    import_kept(hanako, way, OLDER)
    assert [each.id for each in does(hanako, LoadRecordings(), RecordingsLoaded).hearts] == [OLDER.id]


def test_they_lie_in_time_by_when_they_were_taken() -> None:
    assert moment_of(Word.ELECTROCARDIOGRAM, body_of(HEART)) == clock.to_ms(HEART.taken_at)
    assert moment_of(Word.WORKOUT, body_of(WORKOUTS[0])) == clock.to_ms(WORKOUTS[0].started_at)
