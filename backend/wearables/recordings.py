"""Recordings: workouts and electrocardiograms as devices tell them; brought by imports, never typed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.records.placed import Key, Placed
from backend.told import Spelling, Things
from backend.wearables.tables import RecordingImportRow, RecordingRow, RecordingVersionRow
from shared.consent import Right, Scope
from shared.electrocardiograms import Electrocardiogram
from shared.electrocardiograms_schema import electrocardiogram_from, electrocardiogram_members
from shared.problems import NotThere
from shared.sync import Word
from shared.workouts import Workout
from shared.workouts_schema import workout_from, workout_members

RECORDINGS = Things(
    Scope.WEARABLES,
    RecordingRow,
    RecordingVersionRow,
    RecordingImportRow,
    [
        Spelling(Word.WORKOUT, Workout, workout_from, workout_members, lambda each: each.local.date()),
        Spelling(
            Word.ELECTROCARDIOGRAM,
            Electrocardiogram,
            electrocardiogram_from,
            electrocardiogram_members,
            lambda each: each.local.date(),
        ),
    ],
)


def workouts(record: OpenRecord, since: date) -> list[Workout]:
    """The workouts that began on her day ``since`` or later, newest first."""
    record.must(Scope.WEARABLES, Right.READ)
    found: list[Workout] = RECORDINGS.shown(record, Word.WORKOUT, since)
    return sorted(found, key=lambda each: (each.started_at, each.id), reverse=True)


def electrocardiograms(record: OpenRecord, since: date) -> list[Electrocardiogram]:
    """The electrocardiograms of her day ``since`` or later, newest first. Each comes with all its samples."""
    record.must(Scope.WEARABLES, Right.READ)
    found: list[Electrocardiogram] = RECORDINGS.shown(record, Word.ELECTROCARDIOGRAM, since)
    return sorted(found, key=lambda each: (each.taken_at, each.id), reverse=True)


def electrocardiogram(record: OpenRecord, recording_id: UUID) -> Electrocardiogram:
    """One electrocardiogram; `NotThere` where there is none."""
    record.must(Scope.WEARABLES, Right.READ)
    found: Electrocardiogram | None = RECORDINGS.find(record, Word.ELECTROCARDIOGRAM, recording_id)
    if found is None:
        raise NotThere
    return found


def changes(record: OpenRecord, after: int, limit: int, key: Key = ()) -> list[Placed]:
    """Recordings whose change number is over ``after``, or is that and past ``key``, in order; for sync."""
    record.must(Scope.WEARABLES, Right.READ)
    return RECORDINGS.changes(record, after, limit, key=key)
