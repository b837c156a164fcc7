"""Medicines on the whole phone, without a window: kept, ticked on two phones, checked, hidden, typed, shown."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import pytest
import zxingcpp

from mobile import account, knowing
from mobile.asks import (
    ChangeSettings,
    CheckMedicines,
    HideCourse,
    KeepDraft,
    LoadDue,
    LoadMedicines,
    MarkHit,
    OpenForm,
    PlanReminders,
    SaveMedicine,
    SearchMedicines,
    ShowNotebook,
    SignIn,
    SignOut,
    SyncNow,
    TickDose,
    WithdrawMedicine,
)
from mobile.events import (
    DueLoaded,
    Failed,
    FormOpened,
    MedicineSaved,
    MedicinesChecked,
    MedicinesLoaded,
    MedicineWithdrawn,
    NotebookShown,
    Noted,
    ProductsFound,
    Synced,
)
from mobile.seen import Matrix, Settings
from mobile.store import bodies, lists, things
from mobile.store.things import Written
from shared.doses import DoseState, dose_id
from shared.drug_listing import Product
from shared.drug_master import Master
from shared.findings_schema import finding_members
from shared.formats import Answers, Identity, jahis_techo
from shared.formats.report import report
from shared.medicines import Dispensing
from shared.schedule import Due
from shared.sync import Word
from tests.mobile.medicine_examples import FINDING, SLIPS, TYPED, medicine, slip
from tests.mobile.model_server import LossyWay, ModelServer
from tests.mobile.phones import HANAKO, MORNING, Handset, handset, sign_up

T = TypeVar("T")
PASSWORD = "さざ波と みかん畑と 猫のたま"


@pytest.fixture
def server() -> ModelServer:
    return ModelServer()


@pytest.fixture
def hanako(tmp_path: Path, server: ModelServer) -> Handset:
    phone = handset(tmp_path, LossyWay(server))
    sign_up(phone)
    keep(phone, *SLIPS)
    return phone


def keep(phone: Handset, *slips: Dispensing) -> None:
    for each in slips:
        note(phone, Word.DISPENSING, each.id, bodies.dispensing_body(each))


def note(phone: Handset, word: Word, ident: UUID, body: str) -> None:
    things.note(phone.store, account.own_record(phone.store), Written(word, ident, body))


def one(events: Sequence[object], kind: type[T]) -> T:
    (found,) = [event for event in events if isinstance(event, kind)]
    return found


def due(phone: Handset) -> DueLoaded:
    (loaded,) = phone.does(LoadDue())
    assert isinstance(loaded, DueLoaded)
    return loaded


def named(phone: Handset, name: str, slot: str = "morning") -> Due:
    return next(each for each in due(phone).due if name in each.name and each.slot == slot)


def checks(phone: Handset) -> MedicinesChecked:
    (found,) = phone.does(CheckMedicines())
    assert isinstance(found, MedicinesChecked)
    return found


# ---- what is due -----------------------------------------------------------------------------------------------------


def test_her_courses_and_what_is_due_come_from_her_slips(hanako: Handset) -> None:
    (loaded,) = hanako.does(LoadMedicines())
    assert isinstance(loaded, MedicinesLoaded)
    assert loaded.on == date(2026, 11, 24)
    assert len(loaded.dispensings) == len(SLIPS)
    assert loaded.courses[0].name.startswith("クラリスロマイシン"), "what runs out first is first"
    assert "アムロジピン錠5mg「トーワ」" in [each.name for each in due(hanako).due]


def test_ticking_twice_is_one_dose_and_no_new_version(hanako: Handset) -> None:
    each = named(hanako, "アムロ")
    hanako.does(TickDose((each,), DoseState.TAKEN))
    hanako.clock.turn(minutes=5)
    events = hanako.does(TickDose((each,), DoseState.TAKEN))
    loaded = one(events, DueLoaded)
    (dose,) = loaded.doses
    assert (dose.id, dose.at, dose.state) == (
        dose_id(each.medicine_id, each.on, each.slot),
        MORNING,
        DoseState.TAKEN,
    )
    record_id = account.own_record(hanako.store)
    assert things.versions(hanako.store, record_id, Word.DOSE, dose.id) == []
    assert one(events, Noted).untold


def test_a_tick_is_taken_back_and_made_again(hanako: Handset) -> None:
    each = named(hanako, "アムロ")
    for state in (DoseState.TAKEN, None, None, DoseState.SKIPPED):
        hanako.does(TickDose((each,), state))
    (dose,) = due(hanako).doses
    assert dose.state is DoseState.SKIPPED
    hanako.does(TickDose((named(hanako, "カンデ"),), None))
    assert len(due(hanako).doses) == 1, "taking back what was never ticked does nothing"


def test_later_moves_its_moment_each_time(hanako: Handset) -> None:
    each = named(hanako, "アムロ")
    hanako.does(TickDose((each,), DoseState.LATER))
    hanako.clock.turn(minutes=40)
    hanako.does(TickDose((each,), DoseState.LATER))
    assert due(hanako).doses[0].at == MORNING + timedelta(minutes=40)


def test_one_dose_ticked_on_two_phones_without_a_network_is_one_dose(
    hanako: Handset, server: ModelServer, tmp_path: Path
) -> None:
    hanako.does(SyncNow())
    other = handset(tmp_path, LossyWay(server), name="other")
    other.does(SignIn("hanako@example.jp", PASSWORD), SyncNow())
    each = named(hanako, "アムロ")
    hanako.does(TickDose((each,), DoseState.TAKEN))
    other.clock.turn(minutes=3)
    other.does(TickDose((named(other, "アムロ"),), DoseState.TAKEN))
    for phone in (hanako, other, hanako):
        assert isinstance(phone.does(SyncNow())[0], Synced)
    (record,) = server.records.values()
    assert sum(change.word == Word.DOSE for change in record.shown.values()) == 1
    assert due(hanako).doses == due(other).doses
    assert len(due(hanako).doses) == 1


def test_the_evening_after_midnight_is_still_the_same_day(hanako: Handset) -> None:
    hanako.clock.turn(hours=18)  # 01:30 in the night
    assert due(hanako).on == date(2026, 11, 24)
    hanako.clock.turn(hours=3)
    assert due(hanako).on == date(2026, 11, 25)


# ---- the checks ------------------------------------------------------------------------------------------------------


def test_the_checks_run_without_a_network(hanako: Handset) -> None:
    note(hanako, Word.FINDING, FINDING.id, json.dumps(finding_members(FINDING)))
    found = checks(hanako)
    (hit,) = found.checked.hits
    assert hit.rule == "DDI0064"
    assert found.checked.unmatched == (FINDING.id,)
    assert [each.text for each in found.findings] == ["ペニシリン系抗菌薬"]
    assert found.checked.undecided == (), "her birthday is known on the phone she signed up with"


def test_a_hit_is_known_with_a_reason_and_not_any_more(hanako: Handset) -> None:
    (hit,) = checks(hanako).checked.hits
    hanako.does(MarkHit(hit.key, "  しま薬局で確認  "))
    (mark,) = checks(hanako).marks
    assert (mark.key, mark.reason) == (hit.key, "しま薬局で確認")
    hanako.does(MarkHit(hit.key, mark.reason, known=False))
    assert checks(hanako).marks == ()


def test_a_hidden_course_is_hers_to_see_and_marked(hanako: Handset) -> None:
    (loaded,) = hanako.does(LoadMedicines())
    assert isinstance(loaded, MedicinesLoaded)
    course = next(each for each in loaded.courses if "ベルソムラ" in each.name)
    events = hanako.does(HideCourse(course.key, course.name, hidden=True))
    after = one(events, MedicinesLoaded)
    assert after.hidden == {course.key}
    assert checks(hanako).checked.hits[0].has_hidden
    again = one(hanako.does(HideCourse(course.key, course.name, hidden=False)), MedicinesLoaded)
    assert again.hidden == frozenset()
    assert not checks(hanako).checked.hits[0].has_hidden


# ---- typing ----------------------------------------------------------------------------------------------------------


def test_names_are_found_without_any_list_of_the_server(hanako: Handset) -> None:
    (found,) = hanako.does(SearchMedicines("アムロジ"))
    assert isinstance(found, ProductsFound)
    assert any("アムロジピン" in product.name for product in found.products)
    assert hanako.does(SearchMedicines("")) == [ProductsFound("", ())]


def test_what_she_types_is_kept_told_corrected_and_taken_back(hanako: Handset, server: ModelServer) -> None:
    typed = replace(TYPED, id=UUID(int=500))
    hanako.does(KeepDraft("medicine", "half"))
    (saved,) = hanako.does(SaveMedicine(typed, "medicine"))
    assert isinstance(saved, MedicineSaved)
    (opened,) = hanako.does(OpenForm("medicine"))
    assert isinstance(opened, FormOpened)
    assert opened.draft == ""
    corrected = replace(typed, medicines=(replace(typed.medicines[0], name="ビタミンC 500"),))
    hanako.does(SaveMedicine(corrected))
    hanako.does(SyncNow())
    (record,) = server.records.values()
    told = record.shown[typed.id]
    assert told.body is not None
    assert json.loads(told.body)["medicines"][0]["name"] == "ビタミンC 500"
    assert isinstance(hanako.does(WithdrawMedicine(typed.id))[0], MedicineWithdrawn)
    hanako.does(SyncNow())
    assert record.shown[typed.id].body is None


def test_members_of_a_newer_app_outlive_a_correction(hanako: Handset) -> None:
    body = json.dumps({**json.loads(bodies.dispensing_body(TYPED)), "pictures": ["newer"]})
    note(hanako, Word.DISPENSING, TYPED.id, body)
    hanako.does(SaveMedicine(replace(TYPED, pharmacist="")))
    thing = things.find(hanako.store, account.own_record(hanako.store), Word.DISPENSING, TYPED.id)
    assert thing is not None
    assert thing.change.body is not None
    assert json.loads(thing.change.body)["pictures"] == ["newer"]


# ---- the notebook ----------------------------------------------------------------------------------------------------


def shown(phone: Handset, asked: ShowNotebook) -> NotebookShown:
    (found,) = phone.does(asked)
    assert isinstance(found, NotebookShown), found
    return found


def read_back(codes: tuple[Matrix, ...]) -> list[bytes]:
    """What another app's camera would read."""
    found = []
    for code in codes:
        size = len(code) + 8
        grey = bytearray(b"\xff" * (size * 4) * (size * 4))
        for down, row in enumerate(code):
            for right, dark in enumerate(row):
                for y in range(4) if dark else ():
                    start = ((down + 4) * 4 + y) * size * 4 + (right + 4) * 4
                    grey[start : start + 4] = b"\x00" * 4
        (read,) = zxingcpp.read_barcodes(memoryview(bytes(grey)).cast("B", (size * 4, size * 4)))
        found.append(bytes(read.bytes))
    return found


def test_her_notebook_is_read_by_another_app(hanako: Handset) -> None:
    account.keep_identity(hanako.store, Identity())  # as on a phone where she only signed in
    asked = shown(hanako, ShowNotebook())
    assert (asked.asks_birthday, asked.codes) == (True, ())
    notebook = shown(hanako, ShowNotebook(12, HANAKO.born_on, "female"))
    assert len(notebook.codes) > 1
    parts = read_back(notebook.codes)
    assert all(part.startswith(b"JAHISTC08,2") for part in parts)

    found = report(
        "jahis_techo", jahis_techo.read(io.BytesIO(jahis_techo.join(list(reversed(parts)))), Answers())
    )
    assert found.identity is not None
    assert (found.identity.name, found.identity.born_on) == ("山田 花子", "1948-04-02")
    assert found.found["dispensing"].count >= 11
    assert not shown(hanako, ShowNotebook(3)).asks_birthday, "it is asked once"
    assert len(shown(hanako, ShowNotebook(3)).codes) < len(notebook.codes)


def test_what_a_notebook_cannot_say_is_told(hanako: Handset) -> None:
    notebook = shown(hanako, ShowNotebook(3, HANAKO.born_on, "female"))
    assert any("ベルソムラ" in loss for loss in notebook.losses)


# ---- reminders -------------------------------------------------------------------------------------------------------


def test_the_device_rings_for_what_is_not_ticked(hanako: Handset) -> None:
    hanako.does(PlanReminders())
    assert hanako.device.rings == []
    hanako.does(ChangeSettings(Settings(server="https://tomoni.example", reminders=True)), PlanReminders())
    before = len(hanako.device.rings)
    assert before > 3
    hanako.does(PlanReminders())
    assert len(hanako.device.rings) == before, "it is set anew, not added"
    morning = tuple(each for each in due(hanako).due if each.slot == "morning")
    hanako.does(TickDose(morning, DoseState.TAKEN), PlanReminders())
    assert len(hanako.device.rings) == before - 1
    hanako.does(SignOut(), PlanReminders())
    assert hanako.device.rings == [], "nobody is reminded of another's medicines"


# ---- lists -----------------------------------------------------------------------------------------------------------

PRODUCT = Product("9999999F9999", "ナギサロール錠1mg", "ナギサロール", "1mg1錠", maker="なぎさ製薬")


def master() -> Master:
    return Master.of("20260701", [PRODUCT], {}, {})


def test_the_lists_of_the_server_come_with_a_sync(hanako: Handset, server: ModelServer) -> None:
    made = master()
    server.master = {"version": made.version, "packed": b64encode(made.to_bytes()).decode()}
    server.overlay = {"version": "x", "reviews": {"DDI0064": False}, "rules": [{"kind": "of tomorrow"}]}
    (synced,) = hanako.does(SyncNow())
    assert isinstance(synced, Synced)
    assert synced.changed
    (found,) = hanako.does(SearchMedicines("ナギサ"))
    assert isinstance(found, ProductsFound)
    assert found.products == (PRODUCT,)
    assert checks(hanako).checked.hits == (), "a pharmacist of this house switched the pair off"
    assert made.version in checks(hanako).checked.version


def test_lists_are_asked_for_once_an_hour_and_the_same_is_not_sent_again(
    hanako: Handset, server: ModelServer
) -> None:
    made = master()
    server.master = {"version": made.version, "packed": b64encode(made.to_bytes()).decode()}

    def asked() -> int:
        return sum("/api/drugs/" in request.url for request in server.seen)

    hanako.does(SyncNow(), SyncNow())
    assert asked() == 2
    hanako.clock.turn(hours=2)
    (synced,) = hanako.does(SyncNow())
    assert asked() == 4
    assert isinstance(synced, Synced)
    assert not synced.changed
    server.master = {"version": "", "packed": None}
    hanako.clock.turn(hours=2)
    hanako.does(SyncNow())
    assert lists.find(hanako.store, knowing.MASTER) is None, "the server has none any more"


@pytest.mark.parametrize(
    "packed", ["not base64!", b64encode(b"TOMONI-DRUGS-1\nbroken").decode(), b64encode(b"x").decode()]
)
def test_a_broken_list_fails_no_sync_and_harms_nothing(
    hanako: Handset, server: ModelServer, packed: str
) -> None:
    server.master = {"version": "new", "packed": packed}
    (synced,) = hanako.does(SyncNow())
    assert isinstance(synced, Synced)
    assert lists.find(hanako.store, knowing.MASTER) is None
    assert len(checks(hanako).checked.hits) == 1


def test_a_list_that_went_bad_on_the_phone_is_left_aside(hanako: Handset) -> None:
    lists.keep(hanako.store, knowing.MASTER, "v", b"rubbish")
    lists.keep(hanako.store, knowing.OVERLAY, "v", b'{"reviews": 3}')
    assert len(checks(hanako).checked.hits) == 1
    assert isinstance(hanako.does(LoadMedicines())[0], MedicinesLoaded)


def test_lists_outlive_a_sign_out_and_hold_nothing_of_hers(hanako: Handset, server: ModelServer) -> None:
    made = master()
    server.master = {"version": made.version, "packed": b64encode(made.to_bytes()).decode()}
    hanako.does(SyncNow(), SignOut())
    assert lists.version(hanako.store, knowing.MASTER) == made.version
    assert isinstance(hanako.does(LoadDue())[0], Failed)


@pytest.mark.parametrize(("usage", "slot"), [("1日1回朝食後", "morning"), ("週1回 起床時", "w1")])
def test_a_tick_outlives_the_refill_and_is_changed_not_doubled(
    hanako: Handset, usage: str, slot: str
) -> None:
    rare = ("メトトレキサート錠2mg「あゆみ」", "3999016F1013")
    first = slip(-20, medicine(rare, "1", usage, 28))
    refill = slip(1, medicine(rare, "1", usage, 29))
    note(hanako, Word.DISPENSING, first.id, bodies.dispensing_body(first))
    ticked = named(hanako, "メトトレ", slot)
    hanako.does(TickDose((ticked,), DoseState.TAKEN))
    note(hanako, Word.DISPENSING, refill.id, bodies.dispensing_body(refill))
    (again,) = [each for each in due(hanako).due if "メトトレ" in each.name]
    assert (again.medicine_id, again.also) == (refill.medicines[0].id, (first.medicines[0].id,))
    hanako.does(TickDose((again,), DoseState.SKIPPED))
    (only,) = due(hanako).doses
    assert (only.medicine_id, only.state) == (ticked.medicine_id, DoseState.SKIPPED)
    hanako.does(TickDose((again,), None))
    assert due(hanako).doses == ()
    hanako.does(TickDose((again,), DoseState.TAKEN))
    (fresh,) = due(hanako).doses
    assert fresh.medicine_id == again.medicine_id
