"""What makes a prescription, or a dispensing that a portal tells of, the same one: keys and ids from its content."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from uuid import UUID, uuid5

from shared.medicines import Medicine

_NAMESPACE = UUID("1d7c2f0e-93a5-5b6e-8f41-2c0a4be0d9b7")


def slip_key(word: str, medicines: Sequence[Medicine], *about: str) -> str:
    """The same wherever it is read again, whatever the order of its medicines. ``about``: day, place, numbers."""
    return key_of(word, *map(plain, about), sorted(map(_drug, medicines)))


def id_of(key: str) -> UUID:
    """The id of what has that key."""
    return uuid5(_NAMESPACE, key)


def medicine_ids(key: str, medicines: Sequence[Medicine]) -> list[UUID]:
    """An id for each medicine of the slip ``key``: the same drug on two lines has two, in their order."""
    seen: Counter[str] = Counter()
    made = []
    for medicine in medicines:
        drug = json.dumps([key, _drug(medicine)], ensure_ascii=False)
        seen[drug] += 1
        made.append(id_of(f"{drug}:{seen[drug]}"))
    return made


def key_of(word: str, *content: object) -> str:
    """A key that is a digest: in clear it says nothing a reader could recognise at a glance."""
    canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f"{word}:{hashlib.sha256(canonical.encode()).hexdigest()[:40]}"


def plain(text: str) -> str:
    """One spelling: full-width kana, half-width figures, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _drug(medicine: Medicine) -> list[str]:
    usage = medicine.usage
    return [
        f"{medicine.code_set}:{medicine.code}" if medicine.code else plain(medicine.name),
        plain(medicine.dose),
        plain(medicine.dose_unit),
        plain(usage.text),
        "" if usage.amount is None else str(usage.amount),
        plain(usage.amount_unit),
    ]
