"""What makes a dispensing the same dispensing: keys and ids from its content, wherever it is read."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID, uuid5

from shared.findings import FindingKind
from shared.medicines import CodeSet, Medicine, Place, Usage

_NAMESPACE = UUID("6f0b7a52-7f0c-5c1d-9d7e-3a6c1f6f5e21")
_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)


class Drug(Protocol):
    """A medicine, as far as it says which it is and how much; its usage stands beside it."""

    @property
    def name(self) -> str: ...
    @property
    def dose(self) -> str: ...
    @property
    def dose_unit(self) -> str: ...
    @property
    def code_set(self) -> CodeSet: ...
    @property
    def code(self) -> str: ...


def dispensing_ids(
    on: date, pharmacy: Place | None, drugs: Iterable[tuple[Drug, Usage]]
) -> tuple[str, list[UUID]]:
    """The key of a dispensing and an id for each of its medicines.

    The key is the same for one visit whether it stands alone or among others, whatever the order of its medicines. The
    pharmacy goes by its name: exports from a phone leave out its code (required only from care staff to patient).
    """
    keys = [_drug_key(drug, usage) for drug, usage in drugs]
    where = _plain(pharmacy.name) or pharmacy.code if pharmacy else ""
    key = _key("dispensing", on.isoformat(), where, sorted(keys))
    return key, _medicine_ids(key, keys)


def stated_ids(medicine: Medicine) -> tuple[str, UUID]:
    """The key of the slip of one medicine that she says she takes (its name and its first day), and its id."""
    starts_on = medicine.usage.starts_on
    key = _key("stated", _plain(medicine.name), starts_on.isoformat() if starts_on else "")
    return key, _medicine_ids(key, [_drug_key(medicine, medicine.usage)])[0]


def finding_key(kind: FindingKind, text: str) -> str:
    """The same for the same remark about the patient."""
    return _key("finding", kind.value, _plain(text))


def memo_key(text: str, on: date | None) -> str:
    """The same for the same memo of one day."""
    return _key("memo", _plain(text), on.isoformat() if on else "")


def pharmacist_key(name: str, pharmacy: str, starts_on: date | None) -> str:
    """The same for one family pharmacist from one day on."""
    return _key("pharmacist", _plain(name), _plain(pharmacy), starts_on.isoformat() if starts_on else "")


def id_of(key: str) -> UUID:
    """The id of what has that key."""
    return uuid5(_NAMESPACE, key)


def _medicine_ids(key: str, drugs: Sequence[list[str]]) -> list[UUID]:
    """The same drug on two lines has two ids, in their order."""
    seen: Counter[str] = Counter()
    made = []
    for each in drugs:
        drug = _key("medicine", key, each)
        seen[drug] += 1
        made.append(uuid5(_NAMESPACE, f"{drug}:{seen[drug]}"))
    return made


def _drug_key(drug: Drug, usage: Usage) -> list[str]:
    return [
        f"{drug.code_set}:{drug.code}" if drug.code else _plain(drug.name),
        _number(drug.dose),
        _plain(drug.dose_unit),
        _plain(usage.text),
        "" if usage.amount is None else str(usage.amount),
        _plain(usage.amount_unit),
    ]


def _plain(text: str) -> str:
    """One spelling: full-width kana, half-width figures, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _number(text: str) -> str:
    return format(Decimal(text).normalize(), "f") if _NUMBER.fullmatch(text) else _plain(text)


def _key(word: str, *content: object) -> str:
    # A digest, so that a key in clear says nothing a reader could recognise at a glance.
    return f"{word}:{hashlib.sha256(_CANONICAL.encode(content).encode()).hexdigest()[:40]}"
