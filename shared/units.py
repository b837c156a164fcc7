"""Units and exact decimals: what the outside world writes, turned into the one unit we keep (UCUM codes)."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from shared.languages import tr
from shared.problems import Invalid

# Factors to the kept unit. Glucose 18.01559 is Tidepool's, used where the file names no molar mass of its own.
_FACTORS: dict[tuple[str, str], Decimal] = {
    ("kPa", "mm[Hg]"): Decimal("7.50062"),
    ("[lb_av]", "kg"): Decimal("0.45359237"),
    ("[stone_av]", "kg"): Decimal("6.35029318"),
    ("g", "kg"): Decimal("0.001"),
    ("mmol/L", "mg/dL"): Decimal("18.01559"),
    ("[in_i]", "cm"): Decimal("2.54"),
    ("[ft_i]", "cm"): Decimal("30.48"),
    ("m", "cm"): Decimal(100),
    ("[mi_i]", "m"): Decimal("1609.344"),
    ("km", "m"): Decimal(1000),
    ("cm", "m"): Decimal("0.01"),
    ("[ft_i]", "m"): Decimal("0.3048"),
    ("[yd_i]", "m"): Decimal("0.9144"),
    ("kJ", "kcal"): Decimal(1) / Decimal("4.184"),
    ("cal", "kcal"): Decimal("0.001"),
    ("W", "kcal/d"): Decimal(86_400) / Decimal(4184),
    ("s", "ms"): Decimal(1000),
    ("count/s", "/min"): Decimal(60),
}

# How people and files spell units, and the UCUM code that we keep.
_SPELLINGS: dict[str, str] = {
    "mmHg": "mm[Hg]",
    "lb": "[lb_av]",
    "lbs": "[lb_av]",
    "st": "[stone_av]",
    "°C": "Cel",
    "degC": "Cel",
    "℃": "Cel",
    "degF": "[degF]",
    "°F": "[degF]",
    "in": "[in_i]",
    "ft": "[ft_i]",
    "yd": "[yd_i]",
    "mi": "[mi_i]",
    "Cal": "kcal",
    "count/min": "/min",
    "bpm": "/min",
    "mL/min·kg": "mL/kg/min",
}

# How a kept unit is written for people.
_SHOWN: dict[str, str] = {
    "mm[Hg]": "mmHg",
    "Cel": "℃",
    "/min": "回/分",
    "{steps}": "歩",
    "{level}": "レベル",
    "kcal/d": "kcal/日",
    "a": "歳",
    "kg/m2": "kg/m²",
    "{floors}": "階",
    "min": "分",
}


def exact(text: str | int | float | Decimal) -> Decimal:
    """A finite exact decimal from what was written. NaN, infinities and non-numbers are an `Invalid`.

    A float is taken by its shortest spelling, so 36.6 stays 36.6.
    """
    if isinstance(text, bool):
        raise Invalid("not_a_number")
    try:
        number = Decimal(repr(text)) if isinstance(text, float) else Decimal(text)
    except (InvalidOperation, ValueError) as error:
        raise Invalid("not_a_number") from error
    if not number.is_finite() or abs(number.adjusted()) > 15:
        raise Invalid("not_a_number")
    return number


def ucum(spelling: str) -> str:
    """The UCUM code of a unit as files spell it; a spelling we do not know is returned as it is."""
    return _SPELLINGS.get(spelling, spelling)


def shown(unit: str) -> str:
    """A kept unit as people read it (``mm[Hg]`` as mmHg), in the language being spoken."""
    return tr(_SHOWN.get(unit, unit))


def convert(value: Decimal, unit: str, to: str) -> Decimal | None:
    """``value`` in ``unit`` (any known spelling) as ``to`` (UCUM), exact; None when there is no such way."""
    unit = ucum(unit)
    if unit == to:
        return value
    if (unit, to) == ("[degF]", "Cel"):
        return (value - 32) * 5 / 9
    factor = _FACTORS.get((unit, to))
    return None if factor is None else value * factor


def rounded(value: Decimal, decimals: int) -> Decimal:
    """``value`` with ``decimals`` places, half to even."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
