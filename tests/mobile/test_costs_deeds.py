"""Costs on the phone itself: heard with a sync, there without a network; the tax form fetched, saved and refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from mobile.account import own_record
from mobile.asks import LoadCosts, OpenStore, SaveTaxForm, SyncNow
from mobile.deeds import do
from mobile.effects import _BY_HAND
from mobile.events import CostsLoaded, Failed, OpenedStore, Synced, TaxFormSaved
from mobile.store.bodies import cost_in
from shared.costs import Cost
from shared.costs_schema import cost_members
from shared.languages import speaking
from shared.strict_json import dumps
from shared.sync import Change, Word
from tests.mobile.examples import COSTS
from tests.mobile.model_server import LossyWay, ModelServer
from tests.mobile.phones import MORNING, Handset, handset, sign_up

E = TypeVar("E")
FORM = b"\xef\xbb\xbf" + "医療を受けた方の氏名\r\n".encode()


@pytest.fixture
def way() -> LossyWay:
    return LossyWay(ModelServer())


@pytest.fixture
def hanako(tmp_path: Path, way: LossyWay) -> Iterator[Handset]:
    phone = handset(tmp_path, way)
    sign_up(phone)
    yield phone
    phone.store.close()


def does(phone: Handset, effect: object, answer: type[E]) -> E:
    (event,) = phone.does(effect)
    assert isinstance(event, answer), event
    return event


def notice_came(phone: Handset, way: LossyWay, *costs: Cost, withdrawn: bool = False) -> None:
    """An import was kept (or undone): the server has lines that this phone will hear of."""
    record = way.server.records[str(own_record(phone.store))]
    for cost in costs:
        body = None if withdrawn else dumps(cost_members(cost))
        at = MORNING.replace(hour=23 if withdrawn else 22)
        record.take(Change(Word.COST, cost.id, at, phone.store.device, body))
    does(phone, SyncNow(), Synced)


def known(phone: Handset) -> set[Cost]:
    return set(does(phone, LoadCosts(), CostsLoaded).costs)


def test_heard_once_and_there_without_a_network(hanako: Handset, way: LossyWay) -> None:
    assert known(hanako) == set()
    notice_came(hanako, way, *COSTS)
    way.offline = True
    assert known(hanako) == set(COSTS)
    hanako.store.close()
    again = handset(hanako.device.folder, way)
    does(again, OpenStore(), OpenedStore)
    assert known(again) == set(COSTS)
    way.offline = False
    notice_came(again, way, COSTS[0], withdrawn=True)
    assert known(again) == set(COSTS[1:])
    again.store.close()


def test_nothing_of_it_stands_in_clear_on_the_phone(hanako: Handset, way: LossyWay) -> None:
    notice_came(hanako, way, *COSTS)
    hanako.store.close()
    raw = b"".join(path.read_bytes() for path in hanako.device.folder.glob("phone.db*"))
    assert "しま薬局".encode() not in raw
    assert b"154000" not in raw


def test_a_line_of_a_newer_app_is_read_as_far_as_it_is_known(hanako: Handset, way: LossyWay) -> None:
    members = cost_members(COSTS[0])
    assert cost_in(dumps({**members, "receipt": "yes"})) == COSTS[0]
    assert cost_in(dumps({**members, "kind": "spa"})) is None
    assert cost_in("{}") is None


def test_the_form_is_fetched_and_saved_where_she_says(hanako: Handset, way: LossyWay) -> None:
    way.server.forms["2026"] = FORM
    assert does(hanako, SaveTaxForm(2026), TaxFormSaved) == TaxFormSaved(2026, "医療費2026年.csv")
    assert (hanako.device.folder / "医療費2026年.csv").read_bytes() == FORM
    assert SaveTaxForm in _BY_HAND, "no sync waits for an open dialog"
    hanako.device.saves = False
    assert does(hanako, SaveTaxForm(2026), TaxFormSaved).where is None


def test_the_files_name_is_in_her_language(hanako: Handset, way: LossyWay) -> None:
    way.server.forms["2026"] = FORM
    with speaking("en"):
        (event,) = do(SaveTaxForm(2026), hanako.effects.phone)
    assert isinstance(event, TaxFormSaved)
    assert event.where is not None
    assert event.where.endswith("2026.csv") or "2026" in event.where


def test_without_a_network_and_without_a_form(hanako: Handset, way: LossyWay) -> None:
    way.offline = True
    failed = does(hanako, SaveTaxForm(2026), Failed)
    assert (failed.code, failed.of) == ("server_unreachable", SaveTaxForm(2026))
    way.offline = False
    assert does(hanako, SaveTaxForm(2026), Failed).code == "not_there"
    way.server.forms["2026"] = b"<html>the hotel's own page</html>"
    assert does(hanako, SaveTaxForm(2026), Failed).code == "server_answer"
    assert list(hanako.device.folder.glob("*.csv")) == [], "nothing was saved that is no form"
