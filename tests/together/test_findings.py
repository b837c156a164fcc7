"""Findings between two phones of one person, the server and her doctor's browser: everything real, both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from mobile.account import KeptTokens
from mobile.asks import (
    GiveGrant,
    LoadFindings,
    LoadFindingVersions,
    SaveFinding,
    SignIn,
    SyncNow,
    WithdrawFinding,
)
from mobile.client import Client
from mobile.effects import Effects
from mobile.events import (
    FindingsLoaded,
    FindingVersionsLoaded,
    Grants,
    SignedIn,
    Synced,
)
from mobile.store.opening import Store
from shared.consent import Scope
from shared.findings import Finding, FindingCodeSet, FindingKind
from shared.ids import new_id
from shared.medicines import TYPED, Author
from tests.cast import PASSWORD, RECORD, Cast, email
from tests.fixtures.server import Server
from tests.mobile.phones import FakeDevice
from tests.together.test_journey import Air, Phone

BUCKWHEAT = Finding(
    new_id(),
    FindingKind.ALLERGY,
    "そば",
    FindingCodeSet.JFAGY,
    "J9FA19140000",
    since="1962",
    author=Author.PATIENT,
    reaction="息が苦しい",
    origin=TYPED,
)


@pytest.fixture
def phones(server: Server, cast: Cast, tmp_path: Path) -> Iterator[Callable[[str], Phone]]:
    stores: list[Store] = []

    def begin(name: str) -> Phone:
        air, device = Air(), FakeDevice(tmp_path)
        stores.append(Store(tmp_path / f"{name}.db", device.key()))
        client = Client(air, server.url, stores[-1].device, KeptTokens(stores[-1]))
        phone = Phone(air, Effects(stores[-1], client, device))
        phone.does(SignIn(email("hanako"), PASSWORD), SignedIn)
        return phone

    yield begin
    for store in stores:
        store.close()


def known(phone: Phone) -> list[Finding]:
    return [kept.finding for kept in phone.does(LoadFindings(), FindingsLoaded).findings]


def syncs(*phones: Phone) -> None:
    for phone in phones:
        assert phone.does(SyncNow(), Synced).untold == 0


def test_two_phones_agree_and_the_loser_can_be_seen(phones: Callable[[str], Phone]) -> None:
    hers, tablet = phones("phone"), phones("tablet")
    hers.effects.run(SaveFinding(BUCKWHEAT))
    syncs(hers, tablet)
    assert known(tablet) == [BUCKWHEAT]
    # Both correct it without a network.
    first, second = replace(BUCKWHEAT, reaction="発しん"), replace(BUCKWHEAT, since="1963")
    hers.effects.run(SaveFinding(first))
    tablet.effects.run(SaveFinding(second))
    syncs(hers, tablet, hers)
    assert known(hers) == known(tablet) == [second]
    versions = hers.does(LoadFindingVersions(BUCKWHEAT.id), FindingVersionsLoaded).versions
    assert {each.finding for each in versions} == {BUCKWHEAT, first, second}
    tablet.effects.run(WithdrawFinding(BUCKWHEAT.id))
    syncs(tablet, hers)
    assert known(hers) == []
    versions = hers.does(LoadFindingVersions(BUCKWHEAT.id), FindingVersionsLoaded).versions
    assert [each.finding for each in versions if each.shown] == [None]


def test_her_doctor_sees_them_only_when_she_lets_him(
    phones: Callable[[str], Phone], chromium: Browser, server: Server, cast: Cast
) -> None:
    phone = phones("phone")
    phone.effects.run(SaveFinding(BUCKWHEAT))
    syncs(phone)
    page = chromium.new_context(base_url=server.url, locale="ja-JP").new_page()
    phone.does(GiveGrant(cast.sato.id, frozenset({Scope.VITALS}), 90), Grants)
    page.goto("/sign-in")
    page.get_by_label("メールアドレス").fill(email("sato"))
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    page.wait_for_url("**/records")
    page.goto(f"/records/{RECORD}")
    part = page.get_by_role("region", name="アレルギー・副作用・病名")
    expect(part).to_contain_text("共有されていません")
    assert "そば" not in page.content()
    phone.does(GiveGrant(cast.sato.id, frozenset({Scope.FINDINGS}), 90), Grants)
    page.reload()
    expect(part.get_by_text("そば", exact=True)).to_be_visible()
    expect(part).to_contain_text("息が苦しい")
    expect(part).to_contain_text("1962年から")
    expect(part).to_contain_text("ご本人・ご家族が書いたもの")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("since 1962")).to_be_visible()
    page.context.close()
