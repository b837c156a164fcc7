"""What makes a dispensing the same dispensing: keys and ids from its content, wherever it is read."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from shared.medicines import Medicine, Place, RemarkKind

_NAMESPACE = UUID("6f0b7a52-7f0c-5c1d-9d7e-3a6c1f6f5e21")
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)


def dispensing_key(on: date, pharmacy: Place | None, medicines: Sequence[Medicine]) -> str:
    """The same for one visit whether it stands alone or among others, whatever the order of its medicines.

    The pharmacy goes by its name: exports from a phone leave out its code (required only from care staff to patient).
    """
    where = _plain(pharmacy.name) or pharmacy.code if pharmacy else ""
    return _key("dispensing", on.isoformat(), where, sorted(map(_drug_key, medicines)))


def remark_key(kind: RemarkKind, text: str) -> str:
    """The same for the same remark about the patient."""
    return _key("remark", kind.value, _plain(text))


def id_of(key: str) -> UUID:
    """The id of what has that key."""
    return uuid5(_NAMESPACE, key)


def medicine_ids(key: str, medicines: Sequence[Medicine]) -> list[UUID]:
    """An id for each medicine of the dispensing ``key``: the same drug on two lines has two, in their order."""
    seen: Counter[str] = Counter()
    made = []
    for medicine in medicines:
        drug = _key("medicine", key, _drug_key(medicine))
        seen[drug] += 1
        made.append(uuid5(_NAMESPACE, f"{drug}:{seen[drug]}"))
    return made


def _drug_key(medicine: Medicine) -> list[str]:
    usage = medicine.usage
    return [
        f"{medicine.code_set}:{medicine.code}" if medicine.code else _plain(medicine.name),
        _number(medicine.dose),
        _plain(medicine.dose_unit),
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
    canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f"{word}:{hashlib.sha256(canonical.encode()).hexdigest()[:40]}"
