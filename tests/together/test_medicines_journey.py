"""Hanako's medicines through the real server: typed without a network, one dose on two phones, one hidden."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from mobile.account import KeptTokens
from mobile.asks import (
    CheckMedicines,
    HideCourse,
    LoadDue,
    LoadMedicines,
    MarkHit,
    SaveMedicine,
    SignIn,
    SignUp,
    SyncNow,
    TickDose,
)
from mobile.client import Client
from mobile.effects import Effects
from mobile.events import (
    DueLoaded,
    MedicineSaved,
    MedicinesChecked,
    MedicinesLoaded,
    Noted,
    SignedIn,
    Synced,
    SyncFailed,
)
from mobile.screens.add_medicine.form import Typed, slip_of
from mobile.seen import Person
from mobile.store.opening import Store
from shared.doses import DoseState
from shared.ids import new_id
from shared.medicines import CodeSet
from tests.cast import PASSWORD
from tests.fixtures.server import Server
from tests.mobile.phones import FakeDevice
from tests.together.test_journey import Air, Phone

CLARITHROMYCIN = ("クラリスロマイシン錠200mg「サワイ」", "6149003F2011")
SUVOREXANT = ("ベルソムラ錠15mg", "1190023F2028")


def synced(phone: Phone) -> None:
    """Tell and hear, with nothing left over."""
    done = phone.does(SyncNow(), Synced)
    assert (done.untold, done.refused) == (0, 0)


@pytest.fixture
def phones(server: Server, tmp_path: Path) -> Iterator[tuple[Phone, Phone]]:
    with ExitStack() as stores:
        made = []
        for name in ("kitchen", "bag"):
            air, device = Air(), FakeDevice(tmp_path)
            store = Store(tmp_path / f"{name}.db", device.key())
            stores.callback(store.close)
            made.append(
                Phone(air, Effects(store, Client(air, server.url, store.device, KeptTokens(store)), device))
            )
        yield made[0], made[1]


def typed(named: tuple[str, str], ident: UUID, today: date) -> SaveMedicine:
    name, code = named
    form = Typed(name=name, code_set=CodeSet.PRICE_LIST.value, code=code, slots=("morning", "bedtime"))
    return SaveMedicine(slip_of(form, ident, today))


def test_typed_without_a_network_ticked_on_two_phones_checked_and_hidden(phones: tuple[Phone, Phone]) -> None:
    kitchen, bag = phones
    address = f"hanako-{new_id()}@example.jp"
    person = Person("山田 花子", date(1948, 4, 2), "ヤマダ ハナコ", "female")
    kitchen.does(SignUp(address, PASSWORD, person), SignedIn)
    today = kitchen.does(LoadDue(), DueLoaded).on

    kitchen.air.is_on = False
    for named in (CLARITHROMYCIN, SUVOREXANT):
        kitchen.does(typed(named, new_id(), today), MedicineSaved)
    assert kitchen.does(SyncNow(), SyncFailed).untold == 2
    here = kitchen.does(LoadDue(), DueLoaded)
    assert [each.slot for each in here.due] == ["morning", "morning", "bedtime", "bedtime"]
    (hit,) = kitchen.does(CheckMedicines(), MedicinesChecked).checked.hits

    kitchen.air.is_on = True
    synced(kitchen)
    bag.does(SignIn(address, PASSWORD), SignedIn)
    synced(bag)
    there = bag.does(LoadDue(), DueLoaded)
    assert there.due == here.due
    assert [each.key for each in bag.does(CheckMedicines(), MedicinesChecked).checked.hits] == [hit.key]

    first = here.due[0]
    for phone in phones:
        phone.air.is_on = False
        phone.does(TickDose((first,), DoseState.TAKEN), Noted)
        phone.does(TickDose((first,), DoseState.TAKEN), Noted)
        phone.air.is_on = True
    for phone in (kitchen, bag, kitchen):
        synced(phone)
    one, other = (phone.does(LoadDue(), DueLoaded).doses for phone in phones)
    assert one == other
    assert [dose.state for dose in one] == [DoseState.TAKEN]

    course = kitchen.does(LoadMedicines(), MedicinesLoaded).courses[0]
    kitchen.does(HideCourse(course.key, course.name, hidden=True), Noted)
    kitchen.does(MarkHit(hit.key, "薬剤師に確認した"), Noted)
    synced(kitchen)
    synced(bag)
    assert bag.does(LoadMedicines(), MedicinesLoaded).hidden == {course.key}
    assert [mark.reason for mark in bag.does(CheckMedicines(), MedicinesChecked).marks] == [
        "薬剤師に確認した"
    ]
