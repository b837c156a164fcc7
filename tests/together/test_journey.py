"""The journey: Hanako records on her phone, imports, lets Dr. Sato in; he sees it on the web; she ends it.

Through real HTTP, the phone's own store, client and effects, and a real browser; on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page

from mobile.account import KeptTokens
from mobile.asks import (
    Effect,
    FindPractitioners,
    GiveGrant,
    KeepImport,
    LoadGrants,
    LoadMedicines,
    LoadToday,
    LoadVisits,
    RevokeGrant,
    SaveVital,
    SignUp,
    SyncNow,
    UndoImport,
    UploadFile,
    UploadImport,
)
from mobile.client import Client
from mobile.effects import Effects
from mobile.events import (
    Grants,
    ImportPreviewed,
    MedicinesLoaded,
    Practitioners,
    Saved,
    SignedIn,
    Synced,
    SyncFailed,
    TodayLoaded,
    Visits,
)
from mobile.seen import Account, GrantSeen, ImportState, Person
from mobile.send import Reply, Request, over_http
from mobile.store.opening import Store
from shared.blood_pressure import average_words, occasions
from shared.consent import Scope
from shared.ids import new_id
from shared.kinds import Meal
from shared.problems import Unreachable
from shared.vitals import BloodPressure, Session, Vital
from tests.cast import NOBODYS_RECORD, PASSWORD, Cast, email
from tests.fixtures.server import Server
from tests.mobile.phones import FakeDevice

SAMPLES = Path(__file__).resolve().parents[1] / "formats" / "samples"
E = TypeVar("E")


@dataclass
class Air:
    """The way to the server, with a switch: off, and nothing gets through."""

    is_on: bool = True
    send: Callable[[Request], Reply] = field(default_factory=over_http)

    def __call__(self, request: Request) -> Reply:
        if not self.is_on:
            raise Unreachable("server_unreachable")
        return self.send(request)


@dataclass
class Phone:
    """Hanako's phone: everything real but the device under it."""

    air: Air
    effects: Effects

    def does(self, effect: Effect, answer: type[E]) -> E:
        """Run ``effect``; its answer of that class. Any other answer fails the test with what it was."""
        events = self.effects.run(effect)
        found = [event for event in events if isinstance(event, answer)]
        assert found, events
        return found[0]


@pytest.fixture
def phone(server: Server, tmp_path: Path) -> Iterator[Phone]:
    air, device = Air(), FakeDevice(tmp_path)
    store = Store(tmp_path / "phone.db", device.key())
    client = Client(air, server.url, store.device, KeptTokens(store))
    yield Phone(air, Effects(store, client, device))
    store.close()


@pytest.fixture
def page(chromium: Browser, server: Server) -> Page:
    context = chromium.new_context(base_url=server.url, locale="ja-JP")
    return context.new_page()


def taken(kind: str, at: datetime, reading: Decimal | BloodPressure, **more: object) -> Vital:
    vital = Vital(new_id(), kind, at, 540, reading)
    return replace(vital, **more)  # type: ignore[arg-type]


def this_morning() -> datetime:
    """07:10 on the island, today or, before that hour, yesterday."""
    now = datetime.now(UTC).replace(microsecond=0)
    morning = now.replace(hour=22, minute=10, second=0)
    return morning if morning < now else morning - timedelta(days=1)


def test_the_journey(phone: Phone, page: Page, server: Server, cast: Cast) -> None:
    hanako = she_signs_up(phone)
    pressures = she_records_without_a_network(phone)
    the_network_comes(phone)
    she_imports_a_pharmacy_code(phone)
    she_imports_her_watch(phone)
    she_lets_dr_sato_in(phone, cast)
    record = hanako.record_id
    assert record is not None
    dr_sato_sees_her(page, record, pressures)
    dr_kato_sees_nothing(page, server, record)
    she_ends_it_and_reads_who_looked(phone, page, record)


def she_signs_up(phone: Phone) -> Account:
    person = Person("海野 花子", date(1948, 4, 12), "ウミノ ハナコ", "female")
    return phone.does(SignUp("umino@example.jp", PASSWORD, person), SignedIn).account


def she_records_without_a_network(phone: Phone) -> list[Vital]:
    phone.air.is_on = False
    at = this_morning()
    pressures = [
        taken(
            "blood_pressure",
            at,
            BloodPressure(Decimal(132), Decimal(78), Decimal(66)),
            session=Session.MORNING,
        ),
        taken(
            "blood_pressure", at + timedelta(minutes=2), BloodPressure(Decimal(128), Decimal(76), Decimal(64))
        ),
    ]
    others = [
        taken("heart_rate", at, Decimal(66)),
        taken("weight", at, Decimal("52.4")),
        taken("body_temperature", at, Decimal("36.4")),
        taken("spo2", at, Decimal(97)),
        taken("blood_glucose", at, Decimal(104), meal=Meal.BEFORE_BREAKFAST, note="よく眠れた"),
    ]
    for vital in (*pressures, *others):
        phone.does(SaveVital(vital), Saved)
    phone.does(SyncNow(), SyncFailed)
    today = phone.does(LoadToday(), TodayLoaded)
    assert today.untold == 7
    (occasion,) = occasions(kept.vital for kept in today.pressures)
    assert average_words(occasion) == "2回の平均は 130/77 です。"
    return pressures


def the_network_comes(phone: Phone) -> None:
    phone.air.is_on = True
    assert phone.does(SyncNow(), Synced).untold == 0
    assert phone.does(SyncNow(), Synced).untold == 0


def kept_twice_and_undone(phone: Phone, send: Callable[[], Effect]) -> ImportState:
    """Preview, keep, the same again adds nothing, undo takes back all; then keep it for good."""
    first = previewed(phone, send())
    assert first.new > 0
    assert phone.does(KeepImport(first.id), ImportPreviewed).state.state == "kept"
    again = previewed(phone, send())
    assert again.new == 0
    assert again.same == first.new + first.same  # what a file says twice is the same the second time
    phone.does(KeepImport(again.id), ImportPreviewed)
    phone.does(UndoImport(again.id), ImportPreviewed)
    phone.does(UndoImport(first.id), ImportPreviewed)
    third = previewed(phone, send())
    assert third.new == first.new
    return phone.does(KeepImport(third.id), ImportPreviewed).state


def previewed(phone: Phone, effect: Effect) -> ImportState:
    state = phone.does(effect, ImportPreviewed).state
    assert state.state == "previewed", state
    return state


def pharmacy_code(part: int) -> bytes:
    """One scanned code in CP932, as a pharmacy gave it a week ago."""
    bytes_of_sample = (SAMPLES / "jahis_techo" / f"hanako_split_{part}.txt").read_bytes()
    a_week_ago = (datetime.now(UTC) - timedelta(days=7)).strftime("%Y%m%d")
    return bytes_of_sample.replace(b"5,20260310,", f"5,{a_week_ago},".encode())


def she_imports_a_pharmacy_code(phone: Phone) -> None:
    parts = (pharmacy_code(2), pharmacy_code(1))  # the second one was scanned first
    kept = kept_twice_and_undone(phone, lambda: UploadImport("お薬手帳", parts))
    assert {count.kind for count in kept.counts} >= {"dispensing"}
    phone.does(SyncNow(), Synced)
    assert phone.does(LoadMedicines(), MedicinesLoaded).dispensings


def she_imports_her_watch(phone: Phone) -> None:
    path = SAMPLES / "apple_health" / "書き出したデータ.zip"
    kept = kept_twice_and_undone(phone, lambda: UploadFile(path.name, path))
    assert {count.kind for count in kept.counts} >= {"steps", "heart_rate"}
    phone.does(SyncNow(), Synced)


def she_lets_dr_sato_in(phone: Phone, cast: Cast) -> None:
    found = phone.does(FindPractitioners("佐藤"), Practitioners).found
    (sato,) = [each for each in found if each.id == cast.sato.id]
    scopes = frozenset({Scope.VITALS, Scope.WEARABLES, Scope.MEDICINES})
    grants = phone.does(GiveGrant(sato.id, scopes, 90), Grants).grants
    assert [(grant.to_name, grant.state) for grant in grants] == [("佐藤 健", "active")]


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.fill("input[name=email]", email(name))
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/records")


def dr_sato_sees_her(page: Page, record: UUID, pressures: list[Vital]) -> None:
    sign_in(page, "sato")
    page.click("text=海野 花子")
    page.wait_for_url(f"**/records/{record}")
    shown = page.inner_text("main")
    assert "130/77" in shown  # the mean of the morning's two readings
    assert "JSH" in shown
    assert "ガイドライン" in shown  # the target is nobody's order
    assert "歩数" in shown
    assert "心拍" in shown
    assert "ｱﾑﾛｼﾞﾋﾟﾝ錠5mg「ﾄﾓﾆ」" in shown  # as the pharmacy wrote it
    assert "しま薬局 本店" in shown  # and where it came from
    assert len(pressures) == 2


def dr_kato_sees_nothing(page: Page, server: Server, record: UUID) -> None:
    context = page.context.browser.new_context(base_url=server.url)  # type: ignore[union-attr]
    stranger = context.new_page()
    sign_in(stranger, "kato")
    assert "海野" not in stranger.inner_text("body")
    real = stranger.goto(f"/records/{record}")
    real_page = stranger.content()
    nothing = stranger.goto(f"/records/{NOBODYS_RECORD}")
    assert real is not None
    assert nothing is not None
    assert (real.status, real_page) == (nothing.status, stranger.content())
    assert real.status == 404
    context.close()


def she_ends_it_and_reads_who_looked(phone: Phone, page: Page, record: UUID) -> None:
    (grant,) = [seen for seen in _grants(phone) if seen.state == "active"]
    phone.does(RevokeGrant(grant.grant.id), Grants)
    answer = page.goto(f"/records/{record}")
    assert answer is not None
    assert answer.status == 404
    visits = phone.does(LoadVisits(), Visits).visits
    seen = {(visit.who, visit.outcome) for visit in visits}
    assert {("佐藤 健", "opened"), ("佐藤 健", "refused"), ("加藤 誠", "refused")} <= seen


def _grants(phone: Phone) -> tuple[GrantSeen, ...]:
    return phone.does(LoadGrants(), Grants).grants


def test_the_server_is_asked_by_its_name(server: Server) -> None:
    assert urlsplit(server.url).hostname == "localhost"
