"""What blood pressure and weight did over weeks and years, from what is on this phone: no network, nothing thinned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mobile import account
from mobile.asks import LoadTrends
from mobile.deeds import Phone, do
from mobile.deeds.recording import kept_vitals
from mobile.events import Event, TrendsLoaded
from shared import clock
from shared.occasion_columns import columns_of, met
from shared.trends import day_now, last_days, pressure_trend, whole_window
from shared.vitals import EARLIEST_YEAR
from shared.weight_trends import day_weights, weight_trend, whole_weights

# A day may begin and end elsewhere, and a change of weight looks back before its window.
_EDGES = timedelta(days=9)
_LONG_AGO = datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC)


@do.register
def load_trends(asked: LoadTrends, phone: Phone) -> list[Event]:
    """By the rule that the server has too, over all readings of the window."""
    now = phone.now()
    today = day_now(clock.at_offset(now, phone.offset_min))
    within = now - _LONG_AGO if asked.days is None else timedelta(days=asked.days) + _EDGES
    kept = kept_vitals(phone, account.own_record(phone.store), within)
    vitals = [each.vital for each in kept]
    occasions = met(columns_of(each for each in vitals if each.kind == "blood_pressure"))
    weights = day_weights(each for each in vitals if each.kind == "weight")
    if asked.days is None:
        windows = whole_window(occasions, today), whole_weights(weights, today)
    else:
        windows = last_days(asked.days, today), last_days(asked.days, today)
    return [
        TrendsLoaded(asked.days, pressure_trend(occasions, windows[0]), weight_trend(weights, windows[1]))
    ]
