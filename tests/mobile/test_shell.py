from __future__ import annotations

from mobile import shell as shells
from mobile.asks import Effect, LoadGrants, LoadShared, LoadToday, OpenStore, PlanReminders, SyncNow
from mobile.events import Failed, Noted, OpenedStore, SettingsChanged, SignedIn, SignedOut, Synced
from mobile.screens.touches import Pressed
from mobile.seen import Account, Settings
from mobile.shell import Shell
from shared.consent import Role
from shared.ids import new_id
from tests.mobile.examples import NOW

HANAKO = Account(new_id(), Role.PATIENT, "山田 花子", "ja", new_id())
SATO = Account(new_id(), Role.PRACTITIONER, "佐藤 健", "ja", None)


def started(account: Account | None = HANAKO, *, signed_in: bool = True) -> tuple[Shell, tuple[Effect, ...]]:
    return shells.told(shells.opening(), OpenedStore(account, signed_in, Settings(), 0, None))


def test_hanako_starts_at_today_and_the_server_is_asked_for_news() -> None:
    shell, effects = started()
    assert shell.front == "today"
    assert LoadToday() in effects
    assert effects[-1] == SyncNow()


def test_a_doctor_starts_at_the_people_who_share_and_has_no_record_of_her_own() -> None:
    shell, effects = started(SATO)
    assert shell.front == "shared_records"
    assert LoadShared() in effects
    assert [tab[0] for tab in shell.tabs] == ["shared_records", "settings"]


def test_without_a_sign_in_there_is_the_door_and_no_bar() -> None:
    shell, effects = started(None)
    assert (shell.front, shell.tabs) == ("sign_in", ())
    assert SyncNow() not in effects
    shell, _ = started(HANAKO, signed_in=False)
    assert shell.front == "sign_in"


def test_a_store_that_does_not_open_shows_the_door_with_the_reason() -> None:
    shell, _ = shells.told(shells.opening(), Failed("store_locked", "鍵が合いません", None, OpenStore()))
    assert shell.front == "sign_in"
    assert getattr(shell.state, "message", "") == "鍵が合いません"


def test_signing_out_leaves_no_way_back_to_her_record() -> None:
    shell, _ = started()
    shell, _ = shells.gone(shell, "medicines")
    shell, _ = shells.told(shell, SignedOut(0))
    assert shell.front == "sign_in"
    assert shells.back(shell)[2] is False


def test_back_goes_from_a_task_to_its_place_then_home_then_out() -> None:
    shell, _ = started()
    shell, _ = shells.gone(shell, "sharing")
    shell, effects = shells.touched(shell, Pressed("visits"))
    assert shell.front == "visits"
    assert shell.tabs == ()
    for expected in ("sharing", "today"):
        shell, effects, taken = shells.back(shell)
        assert taken
        assert shell.front == expected
    assert LoadToday() in effects
    assert shells.back(shell)[2] is False


def test_back_for_a_doctor_leads_to_her_list() -> None:
    shell, _ = started(SATO)
    shell, _ = shells.gone(shell, "settings")
    shell, _, taken = shells.back(shell)
    assert taken
    assert shell.front == "shared_records"


def test_back_on_a_part_of_a_screen_closes_the_part_first() -> None:
    shell, _ = started()
    shell, effects = shells.gone(shell, "sharing")
    assert LoadGrants() in effects
    shell, _ = shells.touched(shell, Pressed("give"))
    shell, _, taken = shells.back(shell)
    assert taken
    assert shell.front == "sharing"


def test_a_question_is_answered_no_by_going_back() -> None:
    shell, _ = started()
    shell, _ = shells.gone(shell, "settings")
    shell, _ = shells.touched(shell, Pressed("sign_out"))
    assert shell.question is not None
    shell, effects, taken = shells.back(shell)
    assert taken
    assert (shell.question, shell.front, effects) == (None, "settings", ())


def test_events_reach_screens_that_are_not_in_front() -> None:
    shell, _ = started()
    shell, _ = shells.told(shell, SignedIn(HANAKO))
    assert getattr(shell.rooms["settings"].state, "account", None) == HANAKO


def test_finishing_a_reading_leads_home() -> None:
    shell, _ = started()
    shell, _ = shells.touched(shell, Pressed("add", "blood_pressure"))
    assert shell.front == "add_reading"
    shell, _ = shells.touched(shell, Pressed("finish"))
    assert shell.front == "today"
    assert shells.back(shell)[2] is False


def test_what_rings_is_set_anew_when_something_was_ticked() -> None:
    shell, _ = started()
    assert PlanReminders() not in shells.told(shell, Noted(1))[1], "they are switched off"
    on, asks = shells.told(shell, SettingsChanged(Settings(reminders=True)))
    assert asks[-1:] == (PlanReminders(),)
    for event in (Noted(1), Synced(NOW, 0, changed=True)):
        assert PlanReminders() in shells.told(on, event)[1]
    assert PlanReminders() not in shells.told(on, Synced(NOW, 0))[1]
    assert PlanReminders() in shells.told(on, SignedOut(0))[1]
