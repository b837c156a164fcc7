"""Workouts and electrocardiograms: an import brings each once, undoing takes back what it brought, phones hear."""

from __future__ import annotations

from array import array
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from backend.records.compared import Compared
from backend.sync.pulling import Asked, pull
from backend.wearables import recordings
from backend.wearables.recordings import RECORDINGS
from shared.electrocardiograms import Classified, Electrocardiogram
from shared.ids import new_id
from shared.problems import NotThere
from shared.sync import Word
from shared.workouts import Activity, Workout
from tests.backend.imports.desk import Desk
from tests.cast import Cast

WHEN = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # the morning of the 23rd at home
WALK = Workout(new_id(), Activity.WALKING, WHEN, WHEN + timedelta(minutes=42), 540, distance_m=Decimal(2310))
HEART = Electrocardiogram(
    new_id(), WHEN, 540, Classified.ATRIAL_FIBRILLATION, Decimal(512), array("i", [1, -2, 93215, 0]), lead="I"
)
ITEMS = [(WALK, "walk"), (HEART, "heart")]


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


def test_two_imports_bring_it_once_and_undoing_both_takes_it_back(desk: Desk) -> None:
    one, other = new_id(), new_id()
    assert desk.do(lambda record: RECORDINGS.keep_many(record, ITEMS, one)) == Compared(new=2)
    again = [(replace(WALK, id=new_id()), "walk"), (replace(HEART, id=new_id()), "heart")]
    assert desk.do(lambda record: RECORDINGS.keep_many(record, again, other)) == Compared(same=2)
    assert desk.do(lambda record: recordings.workouts(record, date(2026, 11, 23))) == [WALK]
    assert desk.do(lambda record: recordings.workouts(record, date(2026, 11, 24))) == []
    assert desk.do(lambda record: recordings.electrocardiogram(record, HEART.id)) == HEART
    assert desk.do(lambda record: RECORDINGS.undo_import(record, one)) == 0
    assert desk.do(lambda record: recordings.electrocardiograms(record, date(2026, 1, 1))) == [HEART]
    assert desk.do(lambda record: RECORDINGS.undo_import(record, other)) == 2
    assert desk.do(lambda record: recordings.electrocardiograms(record, date(2026, 1, 1))) == []
    with pytest.raises(NotThere):
        desk.do(lambda record: recordings.electrocardiogram(record, HEART.id))


def test_phones_hear_of_them(desk: Desk) -> None:
    desk.do(lambda record: RECORDINGS.keep_many(record, ITEMS, new_id()))
    heard = desk.do(lambda record: pull(record, Asked()))
    told = {change.word: change.id for change in heard.changes}
    assert told[Word.WORKOUT] == WALK.id
    assert told[Word.ELECTROCARDIOGRAM] == HEART.id
