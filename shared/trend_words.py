"""How the figures of a trend are written, alike on the phone and on the doctor's page."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from shared.languages import tr
from shared.slopes import Slope
from shared.spreads import Share, Spread
from shared.trends import SLOPE_DAYS, PairedDifference
from shared.weight_trends import WeightChange


def tenths(number: Fraction | float, *, signed: bool = False) -> str:
    """One decimal, half up (away from nothing would hide the middle); a minus sign as people write it."""
    rounded = Fraction(floor(Fraction(number) * 10 + Fraction(1, 2)), 10)
    sign = "−" if rounded < 0 else "+" if signed and rounded > 0 else "±" if signed else ""
    return f"{sign}{float(abs(rounded)):.1f}"


def slope_words(slope: Slope | None, unit: str) -> str:
    """``1週間に −1.2 mmHg（−2.0〜−0.4）``, or that there are not enough days."""
    if slope is None:
        return tr("測った日が{n}日になると出ます", n=SLOPE_DAYS)
    low, high = slope.week_bounds
    return tr(
        "1週間に {change} {unit}（{low}〜{high}）",
        change=tenths(slope.per_week, signed=True),
        unit=unit,
        low=tenths(low, signed=True),
        high=tenths(high, signed=True),
    )


def direction_words(slope: Slope) -> str:
    """In plain words; nothing is said to rise or fall when the interval holds 0."""
    if slope.low > 0:
        return tr("少しずつ上がっています")
    if slope.high < 0:
        return tr("少しずつ下がっています")
    return tr("上がったとも下がったともいえません")


def share_words(share: Share) -> str:
    """``40回のうち 12回（30%）``."""
    if share.percent is None:
        return tr("測定なし")
    return tr("{all}回のうち {some}回（{percent}%）", all=share.all, some=share.some, percent=share.percent)


def difference_words(difference: PairedDifference) -> str:
    """``+8.5/+3.0（12日）``; under five days with a word that they are few."""
    if difference.systolic is None or difference.diastolic is None:
        return tr("朝も晩も測った日がありません")
    numbers = f"{tenths(difference.systolic, signed=True)}/{tenths(difference.diastolic, signed=True)}"
    if difference.is_enough:
        return tr("{numbers}（{n}日）", numbers=numbers, n=difference.days)
    return tr("{numbers}（{n}日。日数が少ないので参考です）", numbers=numbers, n=difference.days)


def spread_words(found: Spread) -> tuple[str, str]:
    """CV and ARV with n: ``6.2%（n=40）``, ``7.5 mmHg（n=40）``."""
    few = tr("2回以上で出ます")
    cv = few if found.cv is None else tr("{number}%（n={n}）", number=tenths(found.cv), n=found.n)
    arv = few if found.arv is None else tr("{number} mmHg（n={n}）", number=tenths(found.arv), n=found.n)
    return cv, arv


def change_words(change: WeightChange) -> str:
    """``3日以内に +0.8 kg``."""
    return tr("{n}日以内に {kg} kg", n=change.within, kg=tenths(change.kg, signed=True))


def notable_words() -> str:
    """What to do after a gain of 2 kg and more; no diagnosis."""
    return tr("7日以内に 2 kg 以上増えています。主治医に伝えてください（診断ではありません）。")
