"""What devices recorded, on this phone: workouts and electrocardiograms, there without a network."""

from __future__ import annotations

from mobile import account
from mobile.asks import LoadHeart, LoadRecordings
from mobile.deeds import Phone, do
from mobile.events import Event, HeartLoaded, RecordingsLoaded
from mobile.store import bodies, things
from shared.sync import Word


@do.register
def load_recordings(_asked: LoadRecordings, phone: Phone) -> list[Event]:
    """Every recording that this app can read; they are only imported, never typed here."""
    record_id = account.own_record(phone.store)
    hearts = things.of_word(phone.store, record_id, Word.ELECTROCARDIOGRAM)
    workouts = things.of_word(phone.store, record_id, Word.WORKOUT)
    drawn = (bodies.electrocardiogram_in(each.change.body or "", drawn=False) for each in hearts)
    done = (bodies.workout_in(each.change.body or "") for each in workouts)
    return [
        RecordingsLoaded(
            tuple(each for each in drawn if each is not None),
            tuple(each for each in done if each is not None),
        )
    ]


@do.register
def load_heart(asked: LoadHeart, phone: Phone) -> list[Event]:
    """One electrocardiogram with all its samples."""
    found = things.find(phone.store, account.own_record(phone.store), Word.ELECTROCARDIOGRAM, asked.id)
    body = found.change.body if found is not None else None
    return [HeartLoaded(None if body is None else bodies.electrocardiogram_in(body))]
