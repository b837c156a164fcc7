"""What the letters of a medicine notebook can say: CP932 without letters of one's own, in fields of so many bytes."""

from __future__ import annotations

import re
import unicodedata

BLOT = "■"

# Commas part fields and lines are records: both become what looks alike. The rest are letters that CP932 has under
# another number.
_SAME = str.maketrans(
    {
        ",": "，",
        "\t": " ",
        "\n": " ",
        "\r": " ",
        "\N{NO-BREAK SPACE}": " ",
        "\N{YEN SIGN}": "￥",
        "\N{CENT SIGN}": "￠",
        "\N{POUND SIGN}": "￡",
        "\N{NOT SIGN}": "￢",
        "\N{OVERLINE}": "￣",
        "\N{MINUS SIGN}": "－",
        "\N{WAVE DASH}": "～",
        "\N{DOUBLE VERTICAL LINE}": "∥",
        "\N{EM DASH}": "―",
        "\N{EN DASH}": "－",
        "\N{HYPHEN}": "-",
    }
)
# Letters of one's own (外字), which the specification forbids, and bytes that Windows-31J leaves undefined.
_OWN = re.compile("[\ue000-\uf8ff]")
# Not to be seen: controls, joiners, the selectors of another shape of the same letter.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_MARKED = re.compile("[^\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+")


def sayable(text: str) -> tuple[str, bool]:
    """``text`` as a notebook can say it, without blanks around it, and whether a letter was lost (■)."""
    text = _UNSEEN.sub("", text.translate(_SAME)).strip()
    if _says(text):
        return text, False
    text = _MARKED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
    said = [char if _says(char) else _other(char) for char in text]
    return "".join(said).strip(), BLOT in said


def cut(text: str, most: int) -> tuple[str, str]:
    """The beginning of a sayable ``text`` that fits in ``most`` bytes, and what is left of it."""
    raw = text.encode("cp932")
    if len(raw) <= most:
        return text, ""
    begins = raw[:most].decode("cp932", "ignore")
    return begins.rstrip(), text[len(begins) :].lstrip()


def _says(text: str) -> bool:
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return False
    return not _OWN.search(text)


def _other(char: str) -> str:
    """The same letter otherwise (㎏ in letters), or the blot."""
    other = unicodedata.normalize("NFKC", char).translate(_SAME)
    return other if other.strip() and _says(other) else BLOT
