"""Days, months and amounts as Mynaportal writes them: ``2025年1月``, ``1981年01月01日``, ``2,000``."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_ERA = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_SAID = re.compile(
    r"(?:(\d{4})|(明治|大正|昭和|平成|令和)(\d{1,2}|元))(?:年|[-/.])(\d{1,2})(?:月(?:分)?(?:(\d{1,2})日)?|[-/.](\d{1,2}))?",
    re.ASCII,
)
_PACKED = re.compile(r"(\d{4})(\d\d)(\d\d)?", re.ASCII)
_YEN = re.compile(r"-?(?:\d{1,9}|\d{1,3}(?:,\d{3}){1,2})", re.ASCII)


def day(text: str) -> date | None:
    """A whole day; None for less and for none."""
    said = _said(text)
    return date.fromisoformat(said) if len(said) == 10 else None


def month(text: str) -> str:
    """A month ``YYYY-MM`` that a life may have, also of a day; empty for none."""
    said = _said(text)[:7]
    return said if "1800" <= said < "2200" else ""


def yen(text: str) -> int | None:
    """A whole amount; None for what is no number (nothing is also written as ``-`` or left empty)."""
    plain = unicodedata.normalize("NFKC", text).replace("円", "").replace("−", "-").replace("▲", "-").strip()
    return int(plain.replace(",", "")) if _YEN.fullmatch(plain) else None


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is nothing."""
    return unicodedata.normalize("NFKC", text).strip() in ("", "-", "ー", "―")


def _said(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    packed, found = _PACKED.fullmatch(plain), _SAID.fullmatch(plain)
    if packed:
        year, of_year, of_month = int(packed[1]), packed[2], packed[3]
    elif found:
        western, era, of_era, of_year, one, other = found.groups()
        year = int(western) if western else _ERA[era] + (1 if of_era == "元" else int(of_era))
        of_month = one or other
    else:
        return ""
    try:
        made = date(year, int(of_year), int(of_month or 1))
    except ValueError:
        return ""
    return "" if made.year < 1868 else made.isoformat()[: 10 if of_month else 7]
