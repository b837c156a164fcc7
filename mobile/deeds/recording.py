"""Measurements on this phone: noting, correcting, withdrawing and listing them, network or not; slips of medicines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from mobile import account, sync
from mobile.asks import (
    KeepDraft,
    LoadDays,
    LoadReadings,
    LoadToday,
    LoadVersions,
    OpenForm,
    SaveVital,
    WithdrawVital,
)
from mobile.deeds import Phone, do
from mobile.events import (
    AskConfirm,
    DaysLoaded,
    Event,
    FormOpened,
    ReadingsLoaded,
    Saved,
    TodayLoaded,
    VersionsLoaded,
    Withdrawn,
)
from mobile.seen import DaySum, Kept, Version
from mobile.store import bodies, drafts, telling, things
from mobile.store.rows import Thing
from mobile.store.things import Written
from shared import clock
from shared.blood_pressure import day_of, occasions
from shared.home_pressure_summaries import EshSummary, JshSummary, esh_summary, jsh_summary
from shared.ids import new_id
from shared.kinds import KINDS
from shared.medicines import Dispensing
from shared.problems import AskFirst
from shared.sync import Change, Word
from shared.vitals import Vital, check

TODAY_DAYS = 30
# Of a kind that was not measured for longer than this, Today shows nothing.
LATEST_WITHIN = timedelta(days=400)
# A summary's 7 days start at 04:00 local; a day more at each side costs nothing.
_SUMMARY_REACH = timedelta(days=9)


@do.register
def open_form(asked: OpenForm, phone: Phone) -> list[Event]:
    """A fresh id for what will be written, and what was left unwritten."""
    draft = drafts.find(phone.store, asked.form)
    return [FormOpened(asked.form, new_id(), phone.now(), phone.offset_min, draft)]


@do.register
def keep_draft(asked: KeepDraft, phone: Phone) -> list[Event]:
    """Kept at every edit: the system may end the app at any moment."""
    drafts.keep(phone.store, asked.form, asked.text)
    return []


@do.register
def save_vital(asked: SaveVital, phone: Phone) -> list[Event]:
    """Checked by the rule that the server has too; the improbable is asked about first."""
    try:
        check(asked.vital, confirmed=asked.confirmed, now=phone.now())
    except AskFirst as problem:
        confirmed = SaveVital(asked.vital, confirmed=True, form=asked.form)
        return [AskConfirm(problem.message(), confirmed, problem.field)]
    with phone.store.writing():
        record_id = account.own_record(phone.store)
        before = things.find(phone.store, record_id, Word.VITAL, asked.vital.id)
        body = bodies.vital_body(asked.vital, before.change.body if before else None)
        things.note(phone.store, record_id, Written(Word.VITAL, asked.vital.id, body, asked.confirmed))
        if asked.form:
            drafts.keep(phone.store, asked.form, "")
    return [Saved(asked.vital, telling.count_untold(phone.store)[0])]


@do.register
def withdraw_vital(asked: WithdrawVital, phone: Phone) -> list[Event]:
    """The version before stays and can be seen."""
    things.note(phone.store, account.own_record(phone.store), Written(Word.VITAL, asked.id, None))
    return [Withdrawn(asked.id, telling.count_untold(phone.store)[0])]


@do.register
def load_today(_asked: LoadToday, phone: Phone) -> list[Event]:
    """What Today shows."""
    record_id = account.own_record(phone.store)
    now = phone.now()
    recent = kept_vitals(phone, record_id, LATEST_WITHIN)
    latest: dict[str, Kept] = {}
    for each in recent:
        latest.setdefault(each.vital.kind, each)
    since = now - timedelta(days=TODAY_DAYS)
    pressures = tuple(e for e in recent if e.vital.kind == "blood_pressure" and e.vital.taken_at >= since)
    jsh, esh = summaries(phone, (each.vital for each in pressures))
    return [
        TodayLoaded(
            now=now,
            latest=tuple(latest[kind] for kind in KINDS if kind in latest),
            pressures=pressures,
            jsh=jsh,
            esh=esh,
            steps=day_sums(phone, record_id, "steps", TODAY_DAYS),
            untold=telling.count_untold(phone.store)[0],
            synced_at=sync.synced_at(phone.store),
        )
    ]


@do.register
def load_readings(asked: LoadReadings, phone: Phone) -> list[Event]:
    """Measurements of one kind; the means are always of the last 7 days, however many days are shown."""
    record_id = account.own_record(phone.store)
    of_kind = [
        each
        for each in kept_vitals(phone, record_id, max(timedelta(days=asked.days), _SUMMARY_REACH))
        if each.vital.kind == asked.kind
    ]
    since = phone.now() - timedelta(days=asked.days)
    shown = tuple(each for each in of_kind if each.vital.taken_at >= since)
    pressures = (each.vital for each in of_kind if asked.kind == "blood_pressure")
    return [ReadingsLoaded(asked.kind, asked.days, shown, *summaries(phone, pressures))]


@do.register
def load_days(asked: LoadDays, phone: Phone) -> list[Event]:
    """Day sums of a stream, as the server summed them up."""
    record_id = account.own_record(phone.store)
    days = day_sums(phone, record_id, asked.stream, asked.days)
    if asked.stream == "resting_heart_rate":
        days = _with_ours(days, day_sums(phone, record_id, "heart_rate", asked.days))
    since = clock.at_offset(phone.now(), phone.offset_min).date() - timedelta(days=asked.days)
    return [DaysLoaded(asked.stream, days, since)]


def _with_ours(own: tuple[DaySum, ...], rates: tuple[DaySum, ...]) -> tuple[DaySum, ...]:
    """Days without a resting heart rate of a device get ours, and say so."""
    has = {day.day for day in own}
    ours = (
        DaySum("resting_heart_rate", day.day, 1, mean=day.resting, is_ours=True)
        for day in rates
        if day.resting is not None and day.day not in has
    )
    return tuple(sorted((*own, *ours), key=lambda day: day.day))


@do.register
def load_versions(asked: LoadVersions, phone: Phone) -> list[Event]:
    """The shown version first, then every other, newest first."""
    record_id = account.own_record(phone.store)
    shown = things.find(phone.store, record_id, Word.VITAL, asked.id)
    others = things.versions(phone.store, record_id, Word.VITAL, asked.id)
    first = [] if shown is None else [_version(phone, shown.change, shown=True)]
    return [VersionsLoaded(asked.id, (*first, *(_version(phone, each, shown=False) for each in others)))]


def kept_vitals(phone: Phone, record_id: UUID, within: timedelta) -> tuple[Kept, ...]:
    """The measurements of a record that this app can read, newest first; one in the future is shown too."""
    found = things.of_word(phone.store, record_id, Word.VITAL, since=phone.now() - within)
    counts = things.version_counts(phone.store, record_id, Word.VITAL)
    return tuple(kept for each in found if (kept := _kept(each, counts.get(each.change.id, 0))) is not None)


def summaries(phone: Phone, pressures: Iterable[Vital]) -> tuple[JshSummary | None, EshSummary | None]:
    """Both summaries of the 7 days up to today by the rule that the server has too; None without any pressure."""
    met = occasions(pressures)
    if not met:
        return None, None
    local = clock.at_offset(phone.now(), phone.offset_min)
    today = day_of(local.date(), local.time())
    return jsh_summary(met, today), esh_summary(met, today)


def dispensings(phone: Phone, record_id: UUID) -> tuple[Dispensing, ...]:
    """The dispensings of a record that this app can read, newest first."""
    found = (each.change.body for each in things.of_word(phone.store, record_id, Word.DISPENSING))
    return tuple(known for body in found if body and (known := bodies.dispensing_in(body)) is not None)


def day_sums(phone: Phone, record_id: UUID, stream: str, days: int) -> tuple[DaySum, ...]:
    """Day sums of one stream, oldest first."""
    found = things.of_word(phone.store, record_id, Word.DAY, since=phone.now() - timedelta(days=days + 1))
    sums = (
        known for each in found if each.change.body and (known := bodies.day_in(each.change.body)) is not None
    )
    return tuple(sorted((each for each in sums if each.stream == stream), key=lambda each: each.day))


def _kept(thing: Thing, versions: int) -> Kept | None:
    vital = None if thing.change.body is None else bodies.vital_in(thing.change.body)
    return None if vital is None else Kept(vital, thing.told, thing.refused, versions)


def _version(phone: Phone, change: Change, *, shown: bool) -> Version:
    vital = None if change.body is None else bodies.vital_in(change.body)
    return Version(vital, change.edited_at, change.device == phone.store.device, shown)
