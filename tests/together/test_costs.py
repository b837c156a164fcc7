"""A medical-expense notice: to the server and her second phone, added up alike; the tax form as a file; hers alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mobile.account import KeptTokens
from mobile.asks import (
    GiveGrant,
    KeepImport,
    LoadCosts,
    LoadShared,
    OpenShared,
    SaveTaxForm,
    SignIn,
    SyncNow,
    UndoImport,
    UploadFile,
)
from mobile.client import Client, ServerSaid
from mobile.effects import Effects
from mobile.events import (
    CostsLoaded,
    Failed,
    Grants,
    ImportPreviewed,
    RecordsShared,
    SharedRecord,
    SignedIn,
    Synced,
    TaxFormSaved,
)
from mobile.store import things
from mobile.store.opening import Store
from shared.consent import GRANTABLE
from shared.cost_sums import CostYear, year_of
from shared.sync import Word
from tests.cast import PASSWORD, RECORD, Cast, email
from tests.fixtures.server import Server
from tests.mobile.phones import FakeDevice
from tests.together.test_journey import SAMPLES, Air, Phone, previewed

NOTICE = SAMPLES / "mynaportal" / "hanako_notice.csv"


@pytest.fixture
def phones(server: Server, tmp_path: Path) -> Iterator[Callable[[str], Phone]]:
    stores: list[Store] = []

    def begin(who: str) -> Phone:
        name = f"{who}-{len(stores)}"
        air, device = Air(), FakeDevice(tmp_path)
        stores.append(Store(tmp_path / f"{name}.db", device.key()))
        client = Client(air, server.url, stores[-1].device, KeptTokens(stores[-1]))
        phone = Phone(air, Effects(stores[-1], client, device))
        phone.does(SignIn(email(who), PASSWORD), SignedIn)
        return phone

    yield begin
    for store in stores:
        store.close()


def year(phone: Phone) -> CostYear:
    return year_of(phone.does(LoadCosts(), CostsLoaded).costs)


def test_both_her_phones_add_up_what_the_server_adds_up(
    phones: Callable[[str], Phone], tmp_path: Path
) -> None:
    hers, tablet = phones("hanako"), phones("hanako")
    seen = previewed(hers, UploadFile(NOTICE.name, NOTICE))
    assert [(count.kind, count.new) for count in seen.counts] == [("cost", 4)]
    hers.does(KeepImport(seen.id), ImportPreviewed)
    for phone in (hers, tablet):
        assert phone.does(SyncNow(), Synced).changed
        phone.air.is_on = False
    assert year(hers) == year(tablet)
    assert (year(hers).year, year(hers).sum.lines, year(hers).sum.paid) == (2025, 4, 6330)
    assert hers.does(SaveTaxForm(2025), Failed).code == "server_unreachable"
    hers.air.is_on = tablet.air.is_on = True
    told = tablet.effects.phone.client.get(f"/api/records/{RECORD}/costs")
    assert told["sum"] == {
        "lines": 4,
        "total": 63240,
        "insurer": 56910,
        "public": 0,
        "paid": 6330,
        "not_given": 0,
    }
    assert hers.does(SaveTaxForm(2025), TaxFormSaved).where == "医療費2025年.csv"
    rows = list(csv.reader(io.StringIO((tmp_path / "医療費2025年.csv").read_bytes().decode("utf-8-sig"))))
    assert sum(int(row[3]) for row in rows[1 : 1 + len(year(hers).places)]) == year(hers).sum.paid
    # Undone on one phone, gone on the other.
    hers.does(UndoImport(seen.id), ImportPreviewed)
    tablet.does(SyncNow(), Synced)
    assert year(tablet) == year_of(())


def test_her_doctors_phone_never_hears_of_costs(phones: Callable[[str], Phone], cast: Cast) -> None:
    hers, doctors = phones("hanako"), phones("sato")
    seen = previewed(hers, UploadFile(NOTICE.name, NOTICE))
    hers.does(KeepImport(seen.id), ImportPreviewed)
    hers.does(GiveGrant(cast.sato.id, frozenset(GRANTABLE), 90), Grants)
    assert doctors.does(LoadShared(), RecordsShared).people
    doctors.does(OpenShared(RECORD), SharedRecord)
    store = doctors.effects.phone.store
    assert things.of_word(store, RECORD, Word.COST) == []
    doctors.does(LoadCosts(), Failed)
    with pytest.raises(ServerSaid) as refused:
        doctors.effects.phone.client.get_file(f"/api/records/{RECORD}/costs/2025.csv")
    assert refused.value.status == 404
