from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from mobile.asks import (
    ChangeSettings,
    FindPractitioners,
    GiveGrant,
    LoadReadings,
    LoadToday,
    LoadVisits,
    OpenShared,
    RevokeGrant,
    SignIn,
    SignOut,
    SignUp,
    WithdrawVital,
)
from mobile.events import (
    Failed,
    FormOpened,
    Grants,
    OpenedStore,
    Practitioners,
    ReadingsLoaded,
    RecordsShared,
    SettingsChanged,
    SharedRecord,
    SignedIn,
    SignedOut,
    Synced,
    SyncFailed,
    Visits,
    Withdrawn,
)
from mobile.screens.import_file import state as import_file
from mobile.screens.medicines import state as medicines
from mobile.screens.readings import state as readings
from mobile.screens.settings import state as settings
from mobile.screens.shared_records import state as shared_records
from mobile.screens.sharing import state as sharing
from mobile.screens.sign_in import state as sign_in
from mobile.screens.today import state as today
from mobile.screens.touches import Answered, Chose, Go, Pressed, Shown, Wrote
from mobile.screens.visits import state as visits
from mobile.seen import Account, GrantSeen, ImportState, PersonSharing, PractitionerSeen, Settings, Visit
from shared.consent import GRANTABLE, Grant, Purpose, Right, Role, Scope
from shared.ids import new_id
from shared.vitals import Session
from tests.mobile.examples import DISPENSINGS, month, one, pressure
from tests.mobile.examples import NOW as MORNING

JAPAN = 9 * 60
SATO = PractitionerSeen(new_id(), "佐藤 健", "なぎさ島診療所")


# Signing in


def filled(**fields: str) -> sign_in.State:
    answers = {
        "name": "山田 花子",
        "year": "1948",
        "month": "3",
        "day": "2",
        "email": "hanako@example.jp",
        "password": "さざ波と みかん畑と 猫のたま",
    } | fields
    state, _ = sign_in.step(sign_in.State(), Pressed("mode", "up"))
    for name, text in answers.items():
        state, _ = sign_in.step(state, Wrote(name, text))
    return state


def test_signing_up_asks_for_her_as_she_is() -> None:
    state, asks = sign_in.step(filled(), Pressed("submit"))
    assert state.busy
    (ask,) = asks
    assert isinstance(ask, SignUp)
    assert (ask.email, ask.person.name, ask.person.born_on) == (
        "hanako@example.jp",
        "山田 花子",
        date(1948, 3, 2),
    )


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " "}, "name"),
        ({"month": "13"}, "year"),
        ({"day": ""}, "year"),
        ({"email": "hanako"}, "email"),
        ({"password": "みかん"}, "password"),
    ],
)
def test_one_mistake_is_told_at_its_field(fields: dict[str, str], wrong: str) -> None:
    state, asks = sign_in.step(filled(**fields), Pressed("submit"))
    assert asks == ()
    assert state.wrong_field == wrong
    assert state.wrong
    assert sign_in.step(state, Wrote("name", "花子"))[0].wrong == ""


def test_a_demo_signs_in_with_one_tap_and_a_busy_button_rests() -> None:
    demos = sign_in.demos_from("花子さん|hanako@example.jp|ひみつ;佐藤先生|sato@example.jp|ひみつ;broken")
    assert [demo.label for demo in demos] == ["花子さん", "佐藤先生"]
    state, asks = sign_in.step(sign_in.State(demos=demos), Pressed("demo", "1"))
    assert asks == (SignIn("sato@example.jp", "ひみつ"),)
    assert sign_in.step(state, Pressed("demo", "1"))[1] == ()


def test_a_wrong_password_is_said_and_may_be_tried_again() -> None:
    state, asks = sign_in.step(replace(filled(), mode="in"), Pressed("submit"))
    state, _ = sign_in.step(state, Failed("sign_in_wrong", "違います", None, asks[0] if asks else None))  # type: ignore[arg-type]
    assert (state.busy, state.wrong) == (False, "違います")


def test_passwords_are_never_printed() -> None:
    assert "みかん" not in repr(filled())
    assert "ひみつ" not in repr(sign_in.demos_from("a|b@c|ひみつ"))


@pytest.mark.parametrize(
    ("born_on", "era"),
    [
        (date(1948, 3, 2), "昭和23年3月2日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (None, ""),
    ],
)
def test_the_birthday_is_shown_in_her_era(born_on: date | None, era: str) -> None:
    assert sign_in.era_words(born_on) == era


def test_a_store_that_does_not_open_offers_to_try_again() -> None:
    from mobile.asks import OpenStore

    state, _ = sign_in.step(sign_in.State(), Failed("store_locked", "鍵が合いません", None, OpenStore()))
    assert state.locked
    assert sign_in.step(state, Pressed("open"))[1] == (OpenStore(),)


# Today


def loaded_today() -> today.State:
    found = month()
    from mobile.events import TodayLoaded

    event = TodayLoaded(MORNING, (found[0],), found, None, None, (), 0, MORNING - timedelta(minutes=5))
    return today.step(today.State(), event)[0]


def test_today_loads_when_shown_and_shows_the_mean_of_the_last_occasion() -> None:
    assert LoadToday() in today.step(today.State(), Shown())[1]
    top = today.headline(loaded_today())
    assert top is not None
    assert top.value == "125 / 75"
    assert top.when == "血圧 ・ 今朝 7:12 ・ 2回の平均"


@pytest.mark.parametrize(
    ("upper", "lower", "mark"),
    [
        (124, 74, "good"),
        (125, 74, "plain"),
        (134, 84, "plain"),
        (135, 84, "notice"),
        (134, 85, "notice"),
        (180, 100, "notice"),
    ],
)
def test_nothing_below_135_85_stands_out_and_nothing_at_all_is_red(upper: int, lower: int, mark: str) -> None:
    state = replace(loaded_today(), pressures=(pressure(MORNING, upper, lower),))
    top = today.headline(state)
    assert top is not None
    assert top.mark == mark


def test_without_a_network_she_is_told_that_nothing_is_lost() -> None:
    state = today.step(loaded_today(), SyncFailed("つながりません", "server_unreachable", 3))[0]
    assert today.sync_words(state) == "この電話に保存しました。つながったら送ります（あと 3 件）。"
    state = today.step(state, Synced(MORNING, 0))[0]
    assert today.sync_words(state) == "7:30 にすべて送りました"


def test_under_five_days_there_is_no_mean_of_the_week() -> None:
    from shared.blood_pressure import occasions
    from shared.home_pressure_summaries import jsh_summary

    few = [kept.vital for kept in month() if kept.vital.taken_at > MORNING - timedelta(days=3)]
    words = today.week_words(jsh_summary(occasions(few), date(2026, 11, 23)))
    assert "/" not in words
    assert "5 日分" in words


def test_the_band_is_called_a_guideline_default() -> None:
    assert "主治医が決めた値ではありません" in today.band_words()
    assert today.drawing(loaded_today().occasions).band == (75, 125)


# Readings


def test_readings_load_for_the_kind_and_the_days() -> None:
    state, asks = readings.step(readings.State(), Shown("weight"))
    assert asks == (LoadReadings("weight", 30),)
    state, asks = readings.step(state, Chose("days", "365"))
    assert asks == (LoadReadings("weight", 365),)
    late = ReadingsLoaded("spo2", 30, (one("spo2", "97"),))
    assert readings.step(state, late)[0].readings == ()


def test_mornings_alone_are_shown_by_her_label_before_the_hour() -> None:
    morning, evening = pressure(MORNING, 120, 70), pressure(MORNING + timedelta(hours=13), 118, 68)
    labelled = replace(evening, vital=replace(evening.vital, session=Session.MORNING))
    state = readings.State(readings=(labelled, evening, morning), session="morning")
    assert state.shown == (labelled, morning)


def test_withdrawing_asks_first_and_then_loads_again() -> None:
    kept = pressure(MORNING, 120, 70)
    state = readings.State(readings=(kept,), loaded=True)
    for touch in (Pressed("open", str(kept.vital.id)), Pressed("withdraw")):
        state, _ = readings.step(state, touch)
    assert state.question is not None
    assert state.question.takes_away
    state, asks = readings.step(state, Answered(True))
    assert asks == (WithdrawVital(kept.vital.id),)
    state, asks = readings.step(state, Withdrawn(kept.vital.id, 1))
    assert state.opened is None
    assert asks == (LoadReadings("blood_pressure", 30),)


def test_correcting_opens_the_form_with_the_reading() -> None:
    kept = pressure(MORNING, 120, 70)
    state, _ = readings.step(readings.State(readings=(kept,)), Pressed("open", str(kept.vital.id)))
    assert readings.step(state, Pressed("correct"))[1] == (Go("add_reading", "blood_pressure", kept.vital),)


def test_a_refused_or_untold_reading_says_so() -> None:
    kept = replace(pressure(MORNING, 120, 70), told=False, refused="未来の時刻です")
    assert (
        readings.line_of(kept)[2] == "脈拍 68 ・ まだ送っていません ・ 受け取られませんでした：未来の時刻です"
    )


# Sharing


def choosing() -> sharing.State:
    state, _ = sharing.step(sharing.State(), FormOpened("grant", new_id(), MORNING, JAPAN, ""))
    state, _ = sharing.step(state, Pressed("give"))
    state, asks = sharing.step(sharing.step(state, Wrote("name", " 佐藤 "))[0], Pressed("search"))
    assert asks == (FindPractitioners("佐藤"),)
    state, _ = sharing.step(state, Practitioners("佐藤", (SATO,)))
    return sharing.step(state, Pressed("doctor", str(SATO.id)))[0]


def given(state: str = "active") -> GrantSeen:
    everything = frozenset(GRANTABLE)
    until = MORNING + timedelta(days=90)
    grant = Grant(
        new_id(),
        new_id(),
        SATO.id,
        everything,
        frozenset({Right.READ}),
        frozenset({Purpose.CARE}),
        MORNING,
        until,
    )
    return GrantSeen(grant, SATO.name, SATO.facility, state)


def test_what_sharing_means_is_said_before_it_is_done() -> None:
    state, asks = sharing.step(choosing(), Pressed("confirm"))
    assert asks == ()
    assert state.question is not None
    text = state.question.text
    for said in (
        "佐藤 健（なぎさ島診療所）",
        "2027年2月21日",
        "90 日間",
        "お薬",
        "書きかえることはできません",
        "いつでもやめられます",
    ):
        assert said in text
    state, asks = sharing.step(state, Answered(True))
    assert asks == (GiveGrant(SATO.id, frozenset(GRANTABLE), 90),)
    state, _ = sharing.step(state, Grants((given(),)))
    assert state.part == "grants"
    assert "佐藤 健に見せるようにしました" in state.message


def test_she_chooses_what_and_how_long_and_nothing_is_not_shared() -> None:
    state = choosing()
    for touch in (
        Chose("scope", "wearables"),
        Chose("scope", "medicines"),
        Chose("scope", "findings"),
        Chose("days", "30"),
        Pressed("confirm"),
    ):
        state, _ = sharing.step(state, touch)
    assert sharing.step(state, Answered(True))[1] == (GiveGrant(SATO.id, frozenset({Scope.VITALS}), 30),)
    assert state.question is not None
    assert "注意が「ある」ことだけが伝わります" in state.question.text
    state = sharing.step(choosing(), Answered(False))[0]
    for scope in GRANTABLE:
        state, _ = sharing.step(state, Chose("scope", scope))
    state, _ = sharing.step(state, Pressed("confirm"))
    assert state.question is None
    assert "1 つ以上" in state.wrong


def test_ending_asks_first_and_takes_one_yes() -> None:
    grant = given()
    state, _ = sharing.step(sharing.State(), Grants((grant, given("revoked"))))
    assert (len(state.active), len(state.over)) == (1, 1)
    state, _ = sharing.step(state, Pressed("end", str(grant.grant.id)))
    assert state.question is not None
    assert state.question.takes_away
    assert sharing.step(state, Answered(False))[1] == ()
    state, asks = sharing.step(state, Answered(True))
    assert asks == (RevokeGrant(grant.grant.id),)
    state, _ = sharing.step(state, Grants((replace(grant, state="revoked"),)))
    assert state.message == "見せるのをやめました。"


def test_a_failed_grant_says_why_and_keeps_the_choice() -> None:
    state = sharing.step(sharing.step(choosing(), Pressed("confirm"))[0], Answered(True))[0]
    state, _ = sharing.step(
        state, Failed("server_unreachable", "つながりません", None, GiveGrant(SATO.id, frozenset(), 90))
    )
    assert (state.part, state.wrong, state.busy) == ("choose", "つながりません", False)


# The visitors' book


def visit(number: int, outcome: str = "opened", who: str = "佐藤 健") -> Visit:
    at = MORNING - timedelta(hours=number)
    return Visit(str(number), at, who, "", "vitals", "read", "care", outcome, "no_grant", "web")


def test_who_looked_and_who_was_refused_is_said_in_words() -> None:
    state = visits.State()
    assert visits.visit_lines(state, visit(0)) == (
        "佐藤 健",
        "「血圧や体重などの測定」を見ました",
        "2026年11月23日（月） 7:30 ・ 診療のため ・ パソコンの画面",
    )
    who, deed, _ = visits.visit_lines(state, visit(1, "refused", ""))
    assert who == "名前のわからない人"
    assert "断りました" in deed
    assert "見せていない人です" in deed
    several = replace(visit(2), scope="vitals,medicines")
    assert visits.visit_lines(state, several)[1] == "「血圧や体重などの測定」「お薬」を見ました"


def test_her_own_visits_do_not_hide_those_of_others() -> None:
    own = replace(visit(0, who="山田 花子"), purpose="own")
    state, _ = visits.step(visits.State(), Visits((own, visit(1))))
    assert [one.id for one in state.shown] == ["1"]
    assert [one.id for one in visits.step(state, Chose("only", ""))[0].shown] == ["0", "1"]


def test_pages_follow_each_other_without_repeating() -> None:
    state, _ = visits.step(visits.State(), Visits((visit(0), visit(1))))
    state, asks = visits.step(state, Pressed("more"))
    assert asks == (LoadVisits(visit(1).at),)
    state, _ = visits.step(state, Visits((visit(1), visit(2, "refused")), visit(1).at))
    assert [one.id for one in state.visits] == ["0", "1", "2"]
    assert [one.id for one in visits.step(state, Chose("only", "refused"))[0].shown] == ["2"]


# Settings


def test_text_size_and_language_are_kept_at_once() -> None:
    state = settings.State()
    assert settings.step(state, Chose("text_size", "2.0"))[1] == (ChangeSettings(Settings(text_size=2.0)),)
    assert settings.step(state, Chose("language", "en"))[1] == (ChangeSettings(Settings(language="en")),)
    changed, _ = settings.step(state, SettingsChanged(Settings(2.0, "en")))
    assert changed.settings == Settings(2.0, "en")


@pytest.mark.parametrize(
    ("server", "kept"),
    [
        ("https://tomoni.example/", True),
        ("http://127.0.0.1:8000", True),
        ("http://tomoni.example", False),
        ("https://", False),
    ],
)
def test_a_server_is_reached_safely_or_not_at_all(server: str, kept: bool) -> None:
    state, _ = settings.step(settings.State(), Wrote("server", server))
    state, asks = settings.step(state, Pressed("keep_server"))
    assert bool(asks) is kept
    assert bool(state.wrong) is not kept


def test_signing_out_says_what_happens_to_what_was_not_sent() -> None:
    account = Account(new_id(), Role.PATIENT, "山田 花子", "ja", new_id())
    state, _ = settings.step(settings.State(), OpenedStore(account, True, Settings(), 2, None))
    state, _ = settings.step(state, Pressed("sign_out"))
    assert state.question is not None
    assert "2 件" in state.question.text
    assert settings.step(state, Answered(True))[1] == (SignOut(),)


# What a doctor sees


HANAKO = PersonSharing(UUID(int=7), "山田 花子", 78)


def shared_record() -> SharedRecord:
    return SharedRecord(HANAKO, month(), None, None, DISPENSINGS, datetime(2026, 11, 22, 22, 0, tzinfo=UTC))


def test_a_record_opens_and_closes_when_the_right_ends() -> None:
    state, asks = shared_records.step(shared_records.State(), Pressed("open", str(HANAKO.record_id)))
    assert asks == (OpenShared(HANAKO.record_id),)
    state, _ = shared_records.step(state, shared_record())
    assert state.record is not None
    assert "72 時間" in shared_records.heard_words(state)
    gone, _ = shared_records.step(
        state, Failed("not_there", "見つかりませんでした。", None, OpenShared(HANAKO.record_id))
    )
    assert gone.record is None
    assert gone.wrong
    gone, _ = shared_records.step(state, RecordsShared(()))
    assert gone.record is None


def test_another_record_that_comes_late_is_not_shown_for_this_one() -> None:
    state, _ = shared_records.step(shared_records.State(), Pressed("open", str(UUID(int=8))))
    assert shared_records.step(state, shared_record())[0].record is None


@pytest.mark.parametrize(
    ("room", "state"),
    [
        (today, today.State(name="山田 花子")),
        (readings, readings.State(readings=month())),
        (medicines, medicines.State(dispensings=DISPENSINGS)),
        (import_file, import_file.State(current=ImportState(new_id(), "お薬手帳", "kept"))),
        (sharing, sharing.State(grants=(given(),))),
        (visits, visits.State(visits=(visit(0),))),
        (shared_records, shared_records.State(record=shared_record())),
    ],
)
def test_signing_out_leaves_nothing_of_her_on_any_screen(room: object, state: object) -> None:
    after, _ = room.step(state, SignedOut(0))  # type: ignore[attr-defined]
    assert after == room.State()  # type: ignore[attr-defined]


def test_signing_in_clears_the_form() -> None:
    account = Account(new_id(), Role.PATIENT, "山田 花子", "ja", new_id())
    assert sign_in.step(filled(), SignedIn(account))[0].password == ""
