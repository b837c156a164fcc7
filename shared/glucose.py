"""Glucose of a sensor over days: time in range, GMI, variation, and whether there is enough to say so.

Ranges and GMI: international consensus on time in range (2019), in mg/dL. What enough is (14 days, 70 % of the time)
is from memory and not yet checked against the paper; the texts say so. Numbers are never a diagnosis.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from math import fsum, isfinite, sqrt

from shared.languages import tr

VERY_LOW, LOW, HIGH, VERY_HIGH = 54, 70, 180, 250
ENOUGH_DAYS, ENOUGH_PERCENT = 14, 70
LONGEST_STEP_MS = 15 * 60_000  # no reading stands for longer
_DAY_MS = 86_400_000
_GMI_BASE, _GMI_SLOPE = 3.31, 0.02392


@dataclass(frozen=True, slots=True)
class GlucoseDay:
    """One day of a sensor in parts that can be added up. Bands in ms, apart from each other: together what was covered.

    A reading is in the band of its value in whole mg/dL (half to even): 3.9 and 10.0 mmol/L (70.26 and 180.16) are in
    range, 3.0 and 13.9 (54.05 and 250.42) neither very low nor very high, as where mmol/L are read.
    It stands for the time until the next, at most for the usual step of its sensor on that day and never for more than
    15 minutes. "Low" and "High" count as below and above. ``sum`` and ``squares``: of the ``count`` readings
    in mg/dL; ``lasts``: the day's own length (23, 24 or 25 hours).
    """

    count: int
    sum: float
    squares: float
    very_low: int
    low: int
    in_range: int
    high: int
    very_high: int
    lasts: int = _DAY_MS

    @property
    def covered(self) -> int:
        """How long the sensor measured."""
        return self.very_low + self.low + self.in_range + self.high + self.very_high


@dataclass(frozen=True, slots=True)
class GlucoseFigures:
    """Percent of the time covered (``below_70`` holds ``below_54``, ``above_180`` holds ``above_250``).

    ``days``: days with readings; ``coverage``: percent of all the days asked for; ``gmi`` in percent, only when
    ``is_enough``; ``cv`` in percent, from two readings on.
    """

    days: int
    coverage: float
    mean: float
    in_range: float
    below_70: float
    below_54: float
    above_180: float
    above_250: float
    cv: float | None
    gmi: float | None
    is_enough: bool


def glucose_figures(days: Iterable[GlucoseDay], asked: int) -> GlucoseFigures | None:
    """What the days come to; ``asked``: how many days were looked at, those without readings too. None for nothing."""
    some = [day for day in days if day.count and day.covered]
    if not some:
        return None
    covered = sum(day.covered for day in some)
    lasts = sum(day.lasts for day in some) + max(0, asked - len(some)) * _DAY_MS
    count, total = sum(day.count for day in some), fsum(day.sum for day in some)
    mean, coverage = total / count, 100 * covered / lasts
    is_enough = len(some) >= ENOUGH_DAYS and coverage >= ENOUGH_PERCENT
    percent = {name: 100 * sum(getattr(day, name) for day in some) / covered for name in _BANDS}
    return GlucoseFigures(
        days=len(some),
        coverage=coverage,
        mean=mean,
        in_range=percent["in_range"],
        below_70=percent["very_low"] + percent["low"],
        below_54=percent["very_low"],
        above_180=percent["high"] + percent["very_high"],
        above_250=percent["very_high"],
        cv=_variation(count, total, fsum(day.squares for day in some)),
        gmi=_GMI_BASE + _GMI_SLOPE * mean if is_enough else None,
        is_enough=is_enough,
    )


def _variation(count: int, total: float, squares: float) -> float | None:
    """Standard deviation (of a sample) in percent of the mean."""
    if count < 2 or total <= 0:
        return None
    spread = max(0.0, squares - total * total / count) / (count - 1)
    return 100 * sqrt(spread) / (total / count)


_BANDS = ("very_low", "low", "in_range", "high", "very_high")


def band_names() -> tuple[tuple[str, str], ...]:
    """The bands from the lowest, as they are called on every screen."""
    return (
        ("very_low", tr("54 未満")),
        ("low", tr("54〜69")),
        ("in_range", tr("70〜180")),
        ("high", tr("181〜250")),
        ("very_high", tr("250 をこえる")),
    )


def band_shares(figures: GlucoseFigures) -> dict[str, float]:
    """Percent of the time in each band, apart from each other."""
    return {
        "very_low": figures.below_54,
        "low": figures.below_70 - figures.below_54,
        "in_range": figures.in_range,
        "high": figures.above_180 - figures.above_250,
        "very_high": figures.above_250,
    }


def glucose_definitions() -> tuple[tuple[str, str], ...]:
    """Each figure with what it is, how it is reckoned and where the rule is from."""
    return (
        (
            tr("範囲内の時間（TIR）"),
            tr(
                "センサーの値が 70〜180 mg/dL（3.9〜10.0 mmol/L）だった時間の割合です。mg/dL の値はいちばん近い整数に"
                "してくらべます。「Low」は低いほう、「High」は高いほうに数えます。1つの値は次の値まで（その日の機器のふだんの間隔まで、長くても15分）として数えます。"
                "出典：TIR 国際コンセンサス（範囲は確認済み、時間の数え方は Tomoni の決まり）。"
            ),
        ),
        (
            tr("GMI（血糖管理指標）"),
            tr(
                "平均の血糖から計算した値で、病院で測る HbA1c とはちがうことがあります。"
                "計算式：3.31 + 0.02392 × 平均（mg/dL）。出典：CRAN iglu（確認済み）。"
            ),
        ),
        (
            tr("ばらつき（CV）"),
            tr("標準偏差を平均で割った割合です。36% までが目安とされます（この目安は原典を未確認です）。"),
        ),
        (
            tr("測れていた割合"),
            tr(
                "センサーが測っていた時間の割合です。14日以上、70%以上あるときに GMI を出します"
                "（この条件は原典を未確認です）。"
            ),
        ),
    )


def not_enough_words() -> str:
    """Said where there are too few readings for GMI."""
    return tr("まだデータが足りません。14日以上、70%以上の時間の記録があると GMI を出します。")


_MEMBERS = tuple(each.name for each in fields(GlucoseDay))
_COUNTS = frozenset({"count", "lasts", *_BANDS})


def glucose_day_members(day: GlucoseDay) -> dict[str, object]:
    """A day's parts as JSON members."""
    return {name: getattr(day, name) for name in _MEMBERS}


def glucose_day_from(members: Mapping[str, object]) -> GlucoseDay | None:
    """The day's parts that JSON members say; None for what cannot be."""
    found: dict[str, float] = {}
    for name in _MEMBERS:
        value = members.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
            return None
        found[name] = value
    return GlucoseDay(**{name: int(v) if name in _COUNTS else float(v) for name, v in found.items()})  # type: ignore[arg-type]
