"""Numbers that name a person and are never ours to keep: My Number and the insured person's symbols and numbers.

They are never asked for. Typed, My Number is refused; in a file both are masked before anything is shown or kept.
"""

from __future__ import annotations

import re
import unicodedata

from shared.problems import Invalid

MASK = "＊"

# Twelve digits, also full-width, also in fours with a blank or a hyphen between; never a piece of a longer number.
_DASH = r"[ 　\-‐‑–−ー－]?"
_FOUR = r"[0-9０-９]{4}"
_TWELVE = re.compile(
    rf"(?<![0-9０-９])(?<![0-9０-９][-－]){_FOUR}{_DASH}{_FOUR}{_DASH}{_FOUR}(?![-－]?[0-9０-９])"
)

# Only where the label stands, then a mark or a blank, or digits at once: 被保険者証等記号・番号 are short and look like
# anything else. Up to two values follow a label that names both (記号・番号：あいう・187).
_VALUE = r"[0-9０-９A-Za-zＡ-Ｚａ-ｚぁ-んァ-ヶ一-龠々\-－―]{1,40}"
_GAP = r"(?:は?[\s\"'：:=＝、,，（(「]{1,6}|は?(?=[0-9０-９]))"
_INSURED = re.compile(
    rf"(?P<label>(?:(?:被?保険者証?等?の?|健?康?保険証の?)(?:記号[・･/／及びと]*番号|記号|番号|枝番)"
    rf"|記号[・･/／及びと]+番号|公費負担者番号|受給者番号){_GAP})"
    rf"(?P<value>{_VALUE}(?:[・･/／\s][0-9０-９\-－]{{1,20}})?)"
)
# A number that its writer calls My Number, though a digit is wrong.
_CALLED = re.compile(
    rf"(?P<label>(?:個人番号|マイナンバー){_GAP})(?P<value>[0-9０-９][0-9０-９ \-－]{{3,20}})"
)
# 記号 and 番号 one after the other, as insurance cards print them.
_PAIR = re.compile(
    rf"(?P<label>記号{_GAP})(?P<value>{_VALUE})(?P<between>[\s・･、,，]{{1,4}}番号{_GAP})(?P<number>{_VALUE})"
)
# FHIR JP-CLINS writes 保険者番号:記号:番号:枝番 in one value.
_MEMBER_ID = re.compile(
    r"(?<![0-9０-９])[0-9０-９]{8}:[^:\s\"]{0,40}:[0-9０-９A-Za-z]{1,20}:[0-9０-９]{2}(?![0-9０-９])"
)
_SHOWN = re.compile(r"[^\W_]")


def is_my_number(digits: str) -> bool:
    """Whether these are the twelve digits of a My Number (個人番号), by its check digit.

    Source: 平成26年総務省令第85号 第5条. Of all other numbers of twelve digits one in eleven looks like one too.
    """
    plain = unicodedata.normalize("NFKC", digits)
    if not re.fullmatch(r"[0-9]{12}", plain):
        return False
    total = sum(
        int(digit) * weight for digit, weight in zip(plain, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=False)
    )
    rest = total % 11
    return int(plain[11]) == (0 if rest <= 1 else 11 - rest)


def has_my_number(text: str) -> bool:
    """Whether a My Number stands somewhere in ``text``."""
    return any(is_my_number(_digits(found.group())) for found in _TWELVE.finditer(text))


def refuse_my_number(text: str, field: str) -> None:
    """`Invalid` ``my_number_typed`` where somebody typed one into ``field``."""
    if has_my_number(text):
        raise Invalid("my_number_typed", field=field)


def masked(text: str) -> str:
    """``text`` with such numbers as ＊, character for character: its length and everything else stay.

    My Number wherever it stands; the insured person's symbols and numbers where their label says so. What was masked
    once is not changed by masking it again.
    """
    text = _TWELVE.sub(lambda found: _if_my_number(found.group()), text)
    text = _MEMBER_ID.sub(lambda found: blotted(found.group()), text)
    for labelled in (_INSURED, _CALLED):
        text = labelled.sub(lambda found: found["label"] + blotted(found["value"]), text)
    return _PAIR.sub(
        lambda found: found["label"] + blotted(found["value"]) + found["between"] + blotted(found["number"]),
        text,
    )


def blotted(value: str) -> str:
    """All letters and digits of a value as ＊: for a field that is known to hold such a number."""
    return _SHOWN.sub(MASK, value)


def _if_my_number(found: str) -> str:
    return blotted(found) if is_my_number(_digits(found)) else found


def _digits(found: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKC", found) if each.isdigit())
