"""Days as a medicine notebook writes them: ``YYYYMMDD``, or an era and its year (``R020410``); what is odd there."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import NamedTuple

from shared.problems import Problem, Unreadable

# The year before each era's first, its first day, and its last. Before 1873 days were counted otherwise: Meiji's
# beginning is not looked at.
_ERAS = {
    "M": (1867, date(1868, 1, 1), date(1912, 7, 30)),
    "T": (1911, date(1912, 7, 30), date(1926, 12, 25)),
    "S": (1925, date(1926, 12, 25), date(1989, 1, 7)),
    "H": (1988, date(1989, 1, 8), date(2019, 4, 30)),
    "R": (2018, date(2019, 5, 1), date.max),
}
_NAMES = dict(zip(("明治", "大正", "昭和", "平成", "令和"), _ERAS, strict=True))
_DATE = re.compile(r"(?:(\d{4})|([MTSHR])(\d\d))(\d\d)(\d\d)", re.ASCII)
# Not what the specification says, but only one day can be meant: 令和元年5月1日, R元0501, 2019年5月1日.
_WORDS = re.compile(
    r"(?:(\d{4})|(明治|大正|昭和|平成|令和|[MTSHR])(元|\d{1,2}))年(\d{1,2})月(\d{1,2})日", re.ASCII
)
_FIRST_YEAR = re.compile(r"()(明治|大正|昭和|平成|令和|[MTSHR])(元)年?(\d\d)(\d\d)", re.ASCII)


class Written(NamedTuple):
    """A written day: which it is (None where that cannot be said), and what is odd about it."""

    on: date | None
    odd: Problem | None = None


def written(text: str) -> Written:
    """The day that ``text`` means.

    Odd, but a day: ``jahis_date_era`` (the era had ended or not begun, as H310501), ``jahis_date_words`` (written in
    words, as 令和元年5月1日). No day of the calendar since 1868: ``jahis_line_date``.
    """
    found = _DATE.fullmatch(text)
    if found is not None:
        on = _day(*found.groups())
        if on is not None:
            era = found[2]
            if era is None or _ERAS[era][1] <= on <= _ERAS[era][2]:
                return Written(on)
            return Written(on, Unreadable("jahis_date_era", text=text, day=on.isoformat()))
    else:
        plain = "".join(unicodedata.normalize("NFKC", text).split())
        words = _WORDS.fullmatch(plain) or _FIRST_YEAR.fullmatch(plain)
        on = _day(*words.groups()) if words else None
        if on is not None:
            return Written(on, Unreadable("jahis_date_words", text=text, day=on.isoformat()))
    return Written(None, Unreadable("jahis_line_date", text=text))


def _day(western: str | None, era: str | None, year: str, month: str, of_month: str) -> date | None:
    if western:
        full = int(western)
    else:
        number = 1 if year == "元" else int(year)
        if number == 0:
            return None
        full = _ERAS[_NAMES.get(era or "", era or "")][0] + number
    try:
        return date(full, int(month), int(of_month)) if full >= 1868 else None
    except ValueError:
        return None
