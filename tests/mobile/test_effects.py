"""The deeds behind the screens: what is asked, what comes back, with and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from mobile.account import own_record
from mobile.asks import (
    ChangeSettings,
    KeepDraft,
    LoadDays,
    LoadMedicines,
    LoadReadings,
    LoadToday,
    LoadVersions,
    OpenForm,
    OpenStore,
    SaveVital,
    SignIn,
    SignOut,
    SignUp,
    SyncNow,
    WithdrawVital,
)
from mobile.events import (
    AskConfirm,
    DaysLoaded,
    Event,
    Failed,
    FormOpened,
    MedicinesLoaded,
    OpenedStore,
    ReadingsLoaded,
    Saved,
    SettingsChanged,
    SignedIn,
    SignedOut,
    Synced,
    SyncFailed,
    TodayLoaded,
    VersionsLoaded,
    Withdrawn,
)
from mobile.seen import Settings
from mobile.store import hearing
from mobile.store.opening import Reached
from shared.ids import new_id
from shared.kinds import Meal
from shared.languages import current, speak
from shared.medicines import Dispensing, Medicine
from shared.medicines_schema import dispensing_members
from shared.strict_json import dumps
from shared.sync import Change, Word
from shared.vitals import Vital
from tests.mobile.model_server import LossyWay, ModelServer
from tests.mobile.phones import HANAKO, JAPAN, MORNING, Handset, handset, pressure, sign_up

EMAIL, PASSWORD = "hanako@example.jp", "さざ波と みかん畑と 猫のたま"
SERVER_DEVICE = UUID("0190d3a0-0000-7000-8000-00000000dddd")


@pytest.fixture
def server() -> ModelServer:
    return ModelServer()


@pytest.fixture
def way(server: ModelServer) -> LossyWay:
    return LossyWay(server)


@pytest.fixture
def phone(tmp_path: Path, way: LossyWay) -> Iterator[Handset]:
    one = handset(tmp_path, way)
    yield one
    one.store.close()
    speak("ja")


@pytest.fixture
def hanako(phone: Handset) -> Handset:
    sign_up(phone)
    return phone


def only(events: list[Event]) -> Event:
    assert len(events) == 1, events
    return events[0]


def restarted(phone: Handset, way: LossyWay) -> tuple[Handset, OpenedStore]:
    """The app ended and started again."""
    phone.store.close()
    again = handset(phone.device.folder, way, phone.clock.at)
    opened = only(again.does(OpenStore()))
    assert isinstance(opened, OpenedStore)
    return again, opened


# ---- signing up, in and out ------------------------------------------------------------------------------------------


def test_a_fresh_phone(phone: Handset) -> None:
    assert phone.does(OpenStore()) == [OpenedStore(None, False, Settings(), 0, None)]


def test_hanako_signs_up_and_records_without_a_network(
    phone: Handset, way: LossyWay, server: ModelServer
) -> None:
    way.offline = True
    signed = only(phone.does(SignUp(EMAIL, PASSWORD, HANAKO)))
    assert isinstance(signed, SignedIn)
    assert signed.account.pending
    phone.does(SaveVital(pressure(128, 78)))
    failed = only(phone.does(SyncNow()))
    assert isinstance(failed, SyncFailed)
    assert (failed.code, failed.untold) == ("server_unreachable", 1)
    phone, opened = restarted(phone, way)
    assert opened.signed_in
    assert opened.untold == 1
    way.offline = False
    synced = only(phone.does(SyncNow()))
    assert isinstance(synced, Synced)
    assert synced.untold == 0
    (record,) = server.records.values()
    assert len(record.shown) == 1
    phone, opened = restarted(phone, way)
    assert opened.account is not None
    assert not opened.account.pending
    assert opened.synced_at == MORNING


def test_a_sign_up_whose_answer_was_lost_is_the_same_account(
    phone: Handset, way: LossyWay, server: ModelServer
) -> None:
    way.fates = ["lost_after"]
    phone.does(SignUp(EMAIL, PASSWORD, HANAKO))
    phone.does(SyncNow())
    assert len(server.accounts) == len(server.records) == 1


def test_a_refused_sign_up_is_put_right_and_keeps_what_was_recorded(
    phone: Handset, way: LossyWay, server: ModelServer
) -> None:
    server.sign_up(EMAIL)
    way.offline = True
    phone.does(SignUp(EMAIL, PASSWORD, HANAKO), SaveVital(pressure(128, 78)))
    way.offline = False
    failed = only(phone.does(SyncNow()))
    assert isinstance(failed, SyncFailed)
    assert failed.code == "email_taken_or_wrong"
    refused = only(phone.does(SignUp(EMAIL, PASSWORD, HANAKO)))
    assert isinstance(refused, Failed)
    assert refused.field == "email"
    phone.does(SignUp("other@example.jp", PASSWORD, HANAKO))
    synced = only(phone.does(SyncNow()))
    assert isinstance(synced, Synced)
    assert (synced.untold, sum(len(record.shown) for record in server.records.values())) == (0, 1)


def test_signing_out_keeps_untold_rows_for_her_alone(
    hanako: Handset, way: LossyWay, server: ModelServer
) -> None:
    told, untold = pressure(120, 70), pressure(130, 80)
    hanako.does(SaveVital(told), SyncNow())
    way.offline = True
    hanako.does(SaveVital(untold))
    assert hanako.does(SignOut()) == [SignedOut(1)]
    assert only(hanako.does(LoadToday())) == Failed(
        "sign_in_first", "サインインしてください。", None, LoadToday()
    )
    way.offline = False
    hanako, opened = restarted(hanako, way)
    assert (opened.signed_in, opened.untold) == (False, 0)
    server.sign_up("taro@example.jp")
    hanako.does(SignIn("taro@example.jp", "p"))
    nothing = only(hanako.does(LoadToday()))
    assert isinstance(nothing, TodayLoaded)
    assert (nothing.latest, nothing.untold) == ((), 0)
    hanako.does(SignOut(), SignIn(EMAIL, PASSWORD), SyncNow())
    today = only(hanako.does(LoadToday()))
    assert isinstance(today, TodayLoaded)
    assert {each.vital for each in today.pressures} == {told, untold}
    assert today.untold == 0


def test_a_sign_up_that_waits_is_found_by_signing_in_and_by_nobody_else(
    phone: Handset, way: LossyWay
) -> None:
    way.offline = True
    phone.does(SignUp(EMAIL, PASSWORD, HANAKO), SaveVital(pressure(120, 70)), SignOut())
    other = only(phone.does(SignUp("taro@example.jp", "another long one", replace(HANAKO, name="山田 太郎"))))
    assert isinstance(other, SignedIn)
    today = only(phone.does(LoadToday()))
    assert isinstance(today, TodayLoaded)
    assert today.latest == ()
    phone.does(SignOut())
    assert isinstance(only(phone.does(SignIn(EMAIL, "wrong"))), Failed)
    signed = only(phone.does(SignIn(EMAIL, PASSWORD)))
    assert isinstance(signed, SignedIn)
    today = only(phone.does(LoadToday()))
    assert isinstance(today, TodayLoaded)
    assert len(today.latest) == 1


def test_a_sign_in_that_the_server_ended_loses_nothing(
    hanako: Handset, way: LossyWay, server: ModelServer
) -> None:
    hanako.does(SyncNow(), SaveVital(pressure(128, 78)))
    server.end_everything()
    ended = only(hanako.does(SyncNow()))
    assert isinstance(ended, SignedOut)
    assert ended.untold == 1
    assert "もう一度サインイン" in ended.message
    hanako.does(SignIn(EMAIL, PASSWORD))
    synced = only(hanako.does(SyncNow()))
    assert isinstance(synced, Synced)
    assert synced.untold == 0


def test_an_expired_sign_in_is_renewed_even_when_the_first_answer_is_lost(
    hanako: Handset, way: LossyWay, server: ModelServer
) -> None:
    hanako.does(SyncNow(), SaveVital(pressure(128, 78)))
    server.end_access()
    way.fates = ["through", "lost_after"]  # the push is refused; the renewal is done but its answer is lost
    assert isinstance(only(hanako.does(SyncNow())), SyncFailed)
    synced = only(hanako.does(SyncNow()))
    assert isinstance(synced, Synced)
    assert synced.untold == 0


def test_settings_are_kept_and_kept_sane(phone: Handset, way: LossyWay) -> None:
    changed = only(phone.does(ChangeSettings(Settings(9.0, "en", "https://tomoni.example"))))
    assert changed == SettingsChanged(Settings(2.0, "en", "https://tomoni.example"))
    assert current() == "en"
    refused = only(phone.does(ChangeSettings(Settings(1.0, "ja", "http://evil.example"))))
    assert isinstance(refused, Failed)
    assert refused.field == "server"
    _, opened = restarted(phone, way)
    assert opened.settings == Settings(2.0, "en", "https://tomoni.example")


# ---- recording -------------------------------------------------------------------------------------------------------


def test_the_phone_gives_the_averages_by_itself(hanako: Handset, way: LossyWay) -> None:
    way.offline = True
    for day in range(6):
        at = MORNING - timedelta(days=day)
        first, second = pressure(130, 80, at), pressure(126, 78, at + timedelta(minutes=2))
        hanako.clock.at = MORNING + timedelta(minutes=5)
        hanako.does(SaveVital(first), SaveVital(second))
    loaded = only(hanako.does(LoadReadings("blood_pressure", 3)))
    assert isinstance(loaded, ReadingsLoaded)
    assert len(loaded.readings) == 6
    assert loaded.jsh is not None
    assert loaded.jsh.morning.mean is not None
    assert loaded.jsh.morning.mean.text == "128/79"
    assert (loaded.jsh.days, loaded.jsh.evening.mean) == (6, None)
    assert loaded.esh is not None
    assert loaded.esh.days == 6
    today = only(hanako.does(LoadToday()))
    assert isinstance(today, TodayLoaded)
    assert today.jsh == loaded.jsh
    assert len(today.pressures) == 12
    assert today.pressures[0].vital.taken_at > today.pressures[-1].vital.taken_at


def test_today_has_the_newest_of_each_kind(hanako: Handset) -> None:
    glucose = Vital(new_id(), "blood_glucose", MORNING, JAPAN, Decimal(102), meal=Meal.BEFORE_BREAKFAST)
    older = Vital(new_id(), "weight", MORNING - timedelta(days=40), JAPAN, Decimal("52.4"))
    newer = Vital(new_id(), "weight", MORNING - timedelta(days=39), JAPAN, Decimal("52.0"))
    hanako.does(SaveVital(older), SaveVital(newer), SaveVital(glucose), SaveVital(pressure(128, 78)))
    today = only(hanako.does(LoadToday()))
    assert isinstance(today, TodayLoaded)
    assert [each.vital.kind for each in today.latest] == ["blood_pressure", "weight", "blood_glucose"]
    assert today.latest[1].vital == newer
    assert [each.told for each in today.latest] == [False] * 3


def test_the_improbable_is_asked_about_and_the_impossible_refused(
    hanako: Handset, server: ModelServer
) -> None:
    asked = only(hanako.does(SaveVital(pressure(235, 120))))
    assert isinstance(asked, AskConfirm)
    assert asked.what.confirmed
    assert isinstance(only(hanako.does(asked.what)), Saved)
    refused = only(hanako.does(SaveVital(pressure(70, 120))))
    assert isinstance(refused, Failed)
    assert (refused.code, refused.field) == ("systolic_not_above_diastolic", "systolic")
    hanako.does(SyncNow())
    (record,) = server.records.values()
    assert len(record.shown) == 1
    assert b'"confirmed":true' in b"".join(server.bodies)


def test_saving_again_changes_nothing_and_a_correction_keeps_the_first(hanako: Handset) -> None:
    vital = pressure(128, 78)
    hanako.does(SaveVital(vital), SaveVital(vital))
    corrected = replace(vital, note="すわって測った")
    hanako.clock.turn(days=-3)  # the clock was set back meanwhile
    assert isinstance(
        only(hanako.does(SaveVital(corrected))), AskConfirm
    )  # the measurement now seems to come
    saved = only(hanako.does(SaveVital(corrected, confirmed=True)))
    assert saved == Saved(corrected, 1)
    loaded = only(hanako.does(LoadVersions(vital.id)))
    assert isinstance(loaded, VersionsLoaded)
    assert [(each.vital, each.shown, each.here) for each in loaded.versions] == [
        (corrected, True, True),
        (vital, False, True),
    ]
    hanako.does(WithdrawVital(vital.id))
    loaded = only(hanako.does(LoadVersions(vital.id)))
    assert isinstance(loaded, VersionsLoaded)
    assert [each.vital for each in loaded.versions] == [None, corrected, vital]


def test_withdrawing_what_is_not_there(hanako: Handset) -> None:
    failed = only(hanako.does(WithdrawVital(new_id())))
    assert isinstance(failed, Failed)
    assert failed.code == "not_there"
    vital = pressure(128, 78)
    assert hanako.does(SaveVital(vital), WithdrawVital(vital.id))[1] == Withdrawn(vital.id, 1)


def test_a_draft_survives_the_end_of_the_app_until_it_is_saved(hanako: Handset, way: LossyWay) -> None:
    hanako.does(KeepDraft("vital.blood_pressure", "12"), KeepDraft("vital.blood_pressure", "128"))
    hanako, _ = restarted(hanako, way)
    opened = only(hanako.does(OpenForm("vital.blood_pressure")))
    assert isinstance(opened, FormOpened)
    assert (opened.draft, opened.now, opened.offset_min) == ("128", MORNING, JAPAN)
    hanako.does(SaveVital(replace(pressure(128, 78), id=opened.id), form="vital.blood_pressure"))
    again = only(hanako.does(OpenForm("vital.blood_pressure")))
    assert isinstance(again, FormOpened)
    assert (again.draft, again.id == opened.id) == ("", False)


def test_medicines_and_days_come_from_what_was_heard(hanako: Handset) -> None:
    dispensed = Dispensing(new_id(), MORNING.date(), (Medicine(new_id(), "アムロジピン錠 5mg"),))
    bodies = [
        (Word.DISPENSING, dumps(dispensing_members(dispensed))),
        (Word.DISPENSING, '{"of": 2031}'),
        (Word.DAY, dumps({"stream": "steps", "day": "2026-11-22", "count": 3, "total": "4210"})),
        (
            Word.DAY,
            dumps({"stream": "heart_rate", "day": "2026-11-22", "count": 3, "mean": "70.5", "min": 50}),
        ),
        (Word.DAY, dumps({"stream": "steps", "day": "2026-11-21", "count": 1, "total": 17})),
    ]
    changes = [
        Change(word, new_id(), MORNING, SERVER_DEVICE, body, n) for n, (word, body) in enumerate(bodies, 1)
    ]
    hearing.hear(hanako.store, own_record(hanako.store), changes, Reached(5))
    (loaded,) = hanako.does(LoadMedicines())
    assert isinstance(loaded, MedicinesLoaded)
    assert loaded.dispensings == (dispensed,)
    assert [course.name for course in loaded.courses] == [dispensed.medicines[0].name]
    days = only(hanako.does(LoadDays("steps", 30)))
    assert isinstance(days, DaysLoaded)
    assert [(each.day.day, each.total) for each in days.days] == [(21, Decimal(17)), (22, Decimal(4210))]
