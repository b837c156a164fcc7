"""What the door of trends answers: figures of one window with what they are made of, and the definition of each.

Figures are exact in the house; here they are the nearest floats, not rounded. None is said where there is too little.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from marshmallow import fields

from backend.vitals.schemas import TargetSchema
from backend.vitals.trends import Trends
from shared.blood_pressure import Mean, target_text
from shared.home_pressure_summaries import Part, Standing
from shared.schema import OneOf, Strict
from shared.slopes import Slope
from shared.spreads import Share, Spread
from shared.trend_definitions import Basis, Figure, definition
from shared.trends import PressureTrend, SessionTrend, Window
from shared.weight_trends import DayWeight, WeightTrend


def _number(**words: Any) -> fields.Float:
    return fields.Float(required=True, **words)


class WindowSchema(Strict[dict[str, Any]]):
    """Days of the patient, both ends among them."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    days = fields.Integer(required=True)


class ExactMeanSchema(Strict[dict[str, Any]]):
    """Means in mmHg and per minute, not rounded."""

    systolic = _number()
    diastolic = _number()
    pulse = _number(allow_none=True)


class MeanPartSchema(Strict[dict[str, Any]]):
    """A mean, and the days, occasions and counted readings it is made of; no verdict under 5 days."""

    mean = fields.Nested(ExactMeanSchema, required=True, allow_none=True)
    days = fields.Integer(required=True)
    occasions = fields.Integer(required=True)
    readings = fields.Integer(required=True)
    standing = OneOf(Standing, required=True)


class SpreadSchema(Strict[dict[str, Any]]):
    """Spread of ``n`` occasion means in the order of time: SD and ARV in mmHg, CV in percent; null under two."""

    n = fields.Integer(required=True)
    sd = _number(allow_none=True)
    cv = _number(allow_none=True)
    arv = _number(allow_none=True)


class SlopeSchema(Strict[dict[str, Any]]):
    """Theil-Sen slope a week, with its interval of 95 %, over ``days`` measured days."""

    per_week = _number()
    low = _number()
    high = _number()
    days = fields.Integer(required=True)


class SessionTrendSchema(Strict[dict[str, Any]]):
    """Mornings or evenings: the mean the JSH way, the spread, the slopes (null under 14 measured days)."""

    jsh = fields.Nested(MeanPartSchema, required=True)
    systolic = fields.Nested(SpreadSchema, required=True)
    diastolic = fields.Nested(SpreadSchema, required=True)
    systolic_slope = fields.Nested(SlopeSchema, required=True, allow_none=True)
    diastolic_slope = fields.Nested(SlopeSchema, required=True, allow_none=True)


class EshPartSchema(Strict[dict[str, Any]]):
    """The ESH way: without the first measured day of the window, mornings and evenings together."""

    dropped_day = fields.Date(required=True, allow_none=True)
    part = fields.Nested(MeanPartSchema, required=True)


class ShareSchema(Strict[dict[str, Any]]):
    """So many of so many occasions."""

    some = fields.Integer(required=True)
    all = fields.Integer(required=True)


class DifferenceSchema(Strict[dict[str, Any]]):
    """Morning minus evening in mmHg, the mean over the days with both."""

    days = fields.Integer(required=True)
    systolic = _number(allow_none=True)
    diastolic = _number(allow_none=True)


class HighSchema(Strict[dict[str, Any]]):
    """One of the occasions with the highest systolic means."""

    day = fields.Date(required=True)
    session = fields.String(required=True)
    systolic = _number()
    diastolic = _number()


class PressureTrendSchema(Strict[dict[str, Any]]):
    """Home blood pressure of the window."""

    window = fields.Nested(WindowSchema, required=True)
    target = fields.Nested(TargetSchema, required=True)
    days = fields.Integer(required=True)
    missing_days = fields.Integer(required=True)
    readings = fields.Integer(required=True)
    morning = fields.Nested(SessionTrendSchema, required=True)
    evening = fields.Nested(SessionTrendSchema, required=True)
    esh = fields.Nested(EshPartSchema, required=True)
    above_target = fields.Nested(ShareSchema, required=True)
    at_reference = fields.Nested(ShareSchema, required=True)
    difference = fields.Nested(DifferenceSchema, required=True)
    highest = fields.List(fields.Nested(HighSchema), required=True)


class DayWeightSchema(Strict[dict[str, Any]]):
    """The weight of a day in kg: the median of its readings."""

    day = fields.Date(required=True)
    kg = _number()
    readings = fields.Integer(required=True)


class ChangeSchema(Strict[dict[str, Any]]):
    """The change in kg within so many days."""

    within = fields.Integer(required=True)
    kg = _number()
    since = fields.Date(required=True)
    until = fields.Date(required=True)
    notable = fields.Boolean(required=True)


class WeightTrendSchema(Strict[dict[str, Any]]):
    """Weight of the window."""

    window = fields.Nested(WindowSchema, required=True)
    days = fields.Integer(required=True)
    newest = fields.Nested(DayWeightSchema, required=True, allow_none=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    slope = fields.Nested(SlopeSchema, required=True, allow_none=True)


class DefinitionSchema(Strict[dict[str, Any]]):
    """What a figure is, how it is counted, its source, and how far that is ours."""

    figure = OneOf(Figure, required=True)
    name = fields.String(required=True)
    what = fields.String(required=True)
    counted = fields.String(required=True)
    source = fields.String(required=True)
    basis = OneOf(Basis, required=True)


class TrendsSchema(Strict[dict[str, Any]]):
    """The trends of one window."""

    today = fields.Date(required=True)
    pressure = fields.Nested(PressureTrendSchema, required=True)
    weight = fields.Nested(WeightTrendSchema, required=True)
    definitions = fields.List(fields.Nested(DefinitionSchema), required=True)


def trend_members(found: Trends) -> dict[str, Any]:
    """One window as JSON members."""
    return {
        "today": found.today,
        "pressure": _pressure(found.pressure[0]),
        "weight": _weight(found.weight[0]),
        "definitions": [_definition(figure) for figure in Figure],
    }


def _pressure(trend: PressureTrend) -> dict[str, Any]:
    target, difference = trend.target, trend.difference
    return {
        "window": _window(trend.window),
        "target": {
            "systolic": int(target.systolic),
            "diastolic": int(target.diastolic),
            "set_by": target.set_by,
            "words": target_text(target),
        },
        "days": trend.days,
        "missing_days": trend.missing_days,
        "readings": trend.readings,
        "morning": _session(trend.morning),
        "evening": _session(trend.evening),
        "esh": {"dropped_day": trend.esh.dropped_day, "part": _part(trend.esh.part, trend.esh.standing)},
        "above_target": _share(trend.above_target),
        "at_reference": _share(trend.at_reference),
        "difference": {
            "days": difference.days,
            "systolic": _float(difference.systolic),
            "diastolic": _float(difference.diastolic),
        },
        "highest": [
            {
                "day": each.on,
                "session": each.session,
                "systolic": float(each.mean.systolic),
                "diastolic": float(each.mean.diastolic),
            }
            for each in trend.highest
        ],
    }


def _weight(trend: WeightTrend) -> dict[str, Any]:
    changes = [
        {
            "within": each.within,
            "kg": float(each.kg),
            "since": each.since.day,
            "until": each.newest.day,
            "notable": each.is_notable,
        }
        for each in trend.changes
    ]
    return {
        "window": _window(trend.window),
        "days": len(trend.days),
        "newest": _day(trend.newest),
        "changes": changes,
        "slope": _slope(trend.slope),
    }


def _window(window: Window) -> dict[str, Any]:
    return {"first": window.first, "last": window.last, "days": window.days}


def _session(trend: SessionTrend) -> dict[str, Any]:
    return {
        "jsh": _part(trend.part, trend.part.standing),
        "systolic": _spread(trend.systolic),
        "diastolic": _spread(trend.diastolic),
        "systolic_slope": _slope(trend.systolic_slope),
        "diastolic_slope": _slope(trend.diastolic_slope),
    }


def _part(part: Part, standing: Standing) -> dict[str, Any]:
    counts = {"days": part.days, "occasions": part.occasions, "readings": part.readings}
    return {"mean": _mean(part.mean), **counts, "standing": standing}


def _mean(mean: Mean | None) -> dict[str, Any] | None:
    if mean is None:
        return None
    pressures = {"systolic": float(mean.systolic), "diastolic": float(mean.diastolic)}
    return {**pressures, "pulse": _float(mean.pulse)}


def _spread(found: Spread) -> dict[str, Any]:
    return {"n": found.n, "sd": found.sd, "cv": found.cv, "arv": _float(found.arv)}


def _slope(slope: Slope | None) -> dict[str, Any] | None:
    if slope is None:
        return None
    low, high = slope.week_bounds
    return {
        "per_week": float(slope.per_week),
        "low": float(low),
        "high": float(high),
        "days": slope.points,
    }


def _share(share: Share) -> dict[str, Any]:
    return {"some": share.some, "all": share.all}


def _day(day: DayWeight | None) -> dict[str, Any] | None:
    return None if day is None else {"day": day.day, "kg": float(day.kg), "readings": day.readings}


def _definition(figure: Figure) -> dict[str, Any]:
    found = definition(figure)
    return {
        "figure": figure,
        "name": found.name,
        "what": found.what,
        "counted": found.counted,
        "source": found.source,
        "basis": found.basis,
    }


def _float(number: Fraction | None) -> float | None:
    return None if number is None else float(number)
