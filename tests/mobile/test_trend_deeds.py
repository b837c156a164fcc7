"""Trends on the phone itself: of what it has, without a network, equal to what the rules say of the same vitals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from mobile.asks import LoadTrends, SaveVital
from mobile.events import Saved, TrendsLoaded
from shared import clock
from shared.ids import new_id
from shared.occasion_columns import columns_of, met
from shared.trends import day_now, last_days, pressure_trend, whole_window
from shared.vitals import BloodPressure, Vital
from shared.weight_trends import day_weights, weight_trend
from tests.mobile.examples import JAPAN
from tests.mobile.model_server import LossyWay, ModelServer
from tests.mobile.phones import Handset, handset, sign_up


@pytest.fixture
def hanako(tmp_path: Path) -> Iterator[Handset]:
    way = LossyWay(ModelServer())
    phone = handset(tmp_path, way)
    sign_up(phone)
    way.offline = True
    yield phone
    phone.store.close()


def trends(phone: Handset, days: int | None) -> TrendsLoaded:
    (event,) = phone.does(LoadTrends(days))
    assert isinstance(event, TrendsLoaded), event
    return event


def measure(phone: Handset, count: int) -> list[Vital]:
    """Each day back a blood pressure and a weight."""
    found = []
    for back in range(count):
        at = phone.clock() - timedelta(days=back, minutes=5)
        reading = BloodPressure(Decimal(120 + back), Decimal(70 + back % 5))
        found.append(Vital(new_id(), "blood_pressure", at, JAPAN, reading))
        kg = Decimal(520 + back * back % 9) / 10
        found.append(Vital(new_id(), "weight", at, JAPAN, kg))
    for vital in found:
        (saved,) = phone.does(SaveVital(vital))
        assert isinstance(saved, Saved)
    return found


def test_what_she_typed_is_there_at_once_without_a_network(hanako: Handset) -> None:
    assert trends(hanako, None).pressure.readings == 0
    vitals = measure(hanako, 40)
    today = day_now(clock.at_offset(hanako.clock(), JAPAN))
    found = met(columns_of(each for each in vitals if each.kind == "blood_pressure"))
    weights = day_weights(each for each in vitals if each.kind == "weight")
    for days in (7, 30, None):
        told = trends(hanako, days)
        window = last_days(days, today) if days else whole_window(found, today)
        assert told.days == days
        assert told.pressure == pressure_trend(found, window)
        assert told.weight == weight_trend(weights, window)
    assert trends(hanako, None).pressure.days == 40
