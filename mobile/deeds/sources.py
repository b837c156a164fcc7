"""The order of devices: only the server has it, so looking at it and changing it needs the network."""

from __future__ import annotations

from collections.abc import Mapping

from mobile import account, answers
from mobile.asks import LoadSources, OrderSources
from mobile.deeds import Phone, do
from mobile.events import Event, SourcesLoaded


@do.register
def load_sources(_asked: LoadSources, phone: Phone) -> list[Event]:
    """The devices that readings have come from."""
    return [_loaded(phone.online().get(_path(phone)))]


@do.register
def order_sources(asked: OrderSources, phone: Phone) -> list[Event]:
    """Put them into an order; the days that it changes come with the next sync."""
    return [_loaded(phone.online().put(_path(phone), {"order": list(asked.ids)}), ordered=True)]


def _path(phone: Phone) -> str:
    return f"/api/records/{account.own_record(phone.store)}/streams/sources"


def _loaded(found: Mapping[str, object], *, ordered: bool = False) -> SourcesLoaded:
    sources = answers.listed(found, "sources", answers.source)
    return SourcesLoaded(sources, ordered, found.get("is_summing_up") is True)
