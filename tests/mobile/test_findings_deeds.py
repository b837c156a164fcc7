"""What is known about her on the phone itself: kept without a network, told later, refused with a reason, suggested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest

from mobile.account import own_record
from mobile.asks import (
    KeepDraft,
    LoadFindings,
    LoadFindingVersions,
    OpenForm,
    OpenStore,
    SaveFinding,
    SuggestNames,
    SyncNow,
    WithdrawFinding,
)
from mobile.events import (
    Event,
    Failed,
    FindingSaved,
    FindingsLoaded,
    FindingVersionsLoaded,
    FindingWithdrawn,
    FormOpened,
    NamesSuggested,
    OpenedStore,
    Synced,
)
from mobile.screens.findings.state import FORM
from mobile.store import hearing, things
from mobile.store.bodies import finding_body, finding_in
from mobile.store.opening import Reached
from shared.findings import Finding, FindingCodeSet, FindingKind
from shared.ids import new_id
from shared.medicines import TYPED, Author, CodeSet, Dispensing, Medicine
from shared.medicines_schema import dispensing_members
from shared.strict_json import dumps, loads
from shared.sync import Change, Word
from tests.mobile.model_server import LossyWay, ModelServer
from tests.mobile.phones import MORNING, Handset, handset, sign_up

E = TypeVar("E")
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
def way() -> LossyWay:
    return LossyWay(ModelServer())


@pytest.fixture
def hanako(tmp_path: Path, way: LossyWay) -> Iterator[Handset]:
    phone = handset(tmp_path, way)
    sign_up(phone)
    way.offline = True
    yield phone
    phone.store.close()


def does(phone: Handset, effect: object, answer: type[E]) -> E:
    (event,) = phone.does(effect)
    assert isinstance(event, answer), event
    return event


def listed(phone: Handset) -> tuple[Finding, ...]:
    return tuple(kept.finding for kept in does(phone, LoadFindings(), FindingsLoaded).findings)


def test_everything_works_without_a_network(hanako: Handset, way: LossyWay) -> None:
    hanako.does(KeepDraft(FORM, "half"))
    assert does(hanako, SaveFinding(BUCKWHEAT, FORM), FindingSaved).untold == 1
    assert does(hanako, OpenForm(FORM), FormOpened).draft == ""
    illness = Finding(new_id(), FindingKind.DIAGNOSIS, "高血圧", since="2008", origin=TYPED)
    does(hanako, SaveFinding(illness), FindingSaved)
    assert listed(hanako) == (BUCKWHEAT, illness)
    hanako.clock.turn(minutes=1)
    corrected = replace(BUCKWHEAT, reaction="発しん")
    does(hanako, SaveFinding(corrected), FindingSaved)
    hanako.store.close()
    again = handset(hanako.device.folder, way, hanako.clock.at)
    does(again, OpenStore(), OpenedStore)
    assert listed(again) == (corrected, illness)
    versions = does(again, LoadFindingVersions(BUCKWHEAT.id), FindingVersionsLoaded).versions
    assert [(each.finding, each.here, each.shown) for each in versions] == [
        (corrected, True, True),
        (BUCKWHEAT, True, False),
    ]
    does(again, WithdrawFinding(BUCKWHEAT.id), FindingWithdrawn)
    assert listed(again) == (illness,)
    versions = does(again, LoadFindingVersions(BUCKWHEAT.id), FindingVersionsLoaded).versions
    assert [each.finding for each in versions] == [None, corrected, BUCKWHEAT]
    again.store.close()


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"reaction": "9832-0567-3214"}, "my_number_typed", "reaction"),
        ({"since": "2999"}, "finding_future", "since"),
        ({"since": "2020", "until": "2019"}, "finding_dates", "until"),
        ({"text": "あ" * 1001}, "text_long", "text"),
        ({"code": "J9"}, "code_wrong", "code"),
    ],
)
def test_what_the_server_would_refuse_is_refused_here(
    hanako: Handset, wrong: dict[str, Any], code: str, field: str
) -> None:
    failed = does(hanako, SaveFinding(replace(BUCKWHEAT, **wrong)), Failed)
    assert (failed.code, failed.field) == (code, field)
    assert failed.message
    assert listed(hanako) == ()


def test_it_is_told_when_the_network_comes(hanako: Handset, way: LossyWay) -> None:
    does(hanako, SaveFinding(BUCKWHEAT), FindingSaved)
    assert [kept.told for kept in does(hanako, LoadFindings(), FindingsLoaded).findings] == [False]
    way.offline = False
    assert does(hanako, SyncNow(), Synced).untold == 0
    assert [kept.told for kept in does(hanako, LoadFindings(), FindingsLoaded).findings] == [True]


def test_members_of_a_newer_app_are_carried_over(hanako: Handset) -> None:
    body = finding_body(BUCKWHEAT, '{"colour": "red", "text": "old"}')
    assert loads(body.encode())["colour"] == "red"  # type: ignore[index]
    assert finding_in(body) == BUCKWHEAT
    assert finding_in("{}") is None


def suggested(phone: Handset, kind: FindingKind, text: str) -> list[str]:
    found = does(phone, SuggestNames(kind, text), NamesSuggested)
    assert (found.kind, found.text) == (kind, text)
    return [name.text for name in found.found]


def hears_of(phone: Handset, *medicines: Medicine) -> None:
    """A pharmacy's slip came with a sync."""
    slip = Dispensing(new_id(), date(2026, 11, 1), medicines, origin="jahis_techo")
    change = Change(Word.DISPENSING, slip.id, MORNING, new_id(), dumps(dispensing_members(slip)), 1)
    hearing.hear(phone.store, own_record(phone.store), [change], Reached(1))


def test_names_come_from_her_medicines_and_from_the_lists(hanako: Handset) -> None:
    yj = Medicine(new_id(), "アムロジピン錠5mg「トーワ」", code_set=CodeSet.YJ, code="2171022F2274")
    hears_of(hanako, yj, Medicine(new_id(), "ロキソニン錠60mg"))
    hers = does(hanako, SuggestNames(FindingKind.SIDE_EFFECT, ""), NamesSuggested).found
    assert [name.text.split(" [")[0] for name in hers] == ["アムロジピン錠5mg「トーワ」", "ロキソニン錠60mg"]
    assert (hers[0].code_set, hers[0].code) == (FindingCodeSet.YJ, "2171022F2274")
    assert all(name.about == "あなたのお薬から" for name in hers)
    assert suggested(hanako, FindingKind.ALLERGY, "") == []
    assert suggested(hanako, FindingKind.ALLERGY, "そば")[0] == "そば"
    assert suggested(hanako, FindingKind.ALLERGY, "ﾛｷｿ")[0].startswith("ロキソニン錠60mg")
    assert any("アモキシシリン" in text for text in suggested(hanako, FindingKind.SIDE_EFFECT, "アモキシ"))
    assert suggested(hanako, FindingKind.DIAGNOSIS, "高血圧") == []
    many = suggested(hanako, FindingKind.ALLERGY, "ア")
    assert len(many) == len(set(many)) == 12


def test_another_brand_of_the_same_ingredient_is_named_with_it(hanako: Handset) -> None:
    hears_of(hanako, Medicine(new_id(), "ノルバスク錠5mg", code_set=CodeSet.YJ, code="2171022F2029"))
    assert suggested(hanako, FindingKind.SIDE_EFFECT, "ノルバスク")[0] == "ノルバスク錠5mg [アムロジピン]"


def test_saving_tells_by_itself(hanako: Handset) -> None:
    heard: list[Event] = []
    effects = hanako.effects
    asked: list[object] = []
    effects._deliver = heard.append
    effects.ask = asked.append  # type: ignore[method-assign,assignment]
    effects._handle(SaveFinding(BUCKWHEAT))
    assert isinstance(heard[0], FindingSaved)
    assert asked == [SyncNow()]
    assert things.find(hanako.store, own_record(hanako.store), Word.FINDING, BUCKWHEAT.id) is not None
