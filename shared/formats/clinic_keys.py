"""What makes the same thing the same wherever a clinic's system says it (FHIR, ORCA): keys and ids from its content.

Only what stands in the thing itself goes into a key, never what it refers to: a resource is the same alone and in a
Bundle. A prescription that was changed has another key: both are kept, the second never takes the place of the first.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid5

from shared.findings import Finding, FindingKind
from shared.formats import Found
from shared.medicines import Dispensing, Medicine

_NAMESPACE = UUID("3a1c8f60-5c3e-5f0a-9b0e-6f7d1c2b9e54")
UNNAMED = UUID(int=0)
# The same illness twice is two illnesses when it began on two days; an allergy is the same whenever it was noted.
_BY_ITS_BEGINNING = (FindingKind.DIAGNOSIS, FindingKind.IMMUNISATION, FindingKind.INFECTION)


def found_dispensing(dispensing: Dispensing, where: str, number: str = "") -> Found:
    """The dispensing with its key and ids. ``number`` is that of the prescription, where the medicines name one."""
    content = sorted(map(_drug, dispensing.medicines))
    key = _key("dispensing", dispensing.stage, dispensing.dispensed_on.isoformat(), number, content)
    seen: Counter[str] = Counter()
    medicines = []
    for medicine in dispensing.medicines:
        drug = _key("medicine", key, _drug(medicine))
        seen[drug] += 1
        medicines.append(replace(medicine, id=uuid5(_NAMESPACE, f"{drug}:{seen[drug]}")))
    return Found(replace(dispensing, id=uuid5(_NAMESPACE, key), medicines=tuple(medicines)), key, where)


def found_finding(finding: Finding, where: str, identifiers: Sequence[str] = ()) -> Found:
    """The finding with its key and id. Its business identifier alone does not make it: some files give one to two."""
    when = finding.since if finding.kind in _BY_ITS_BEGINNING and not identifiers else ""
    what = finding.code and f"{finding.code_set}:{finding.code}"
    key = _key("finding", finding.kind, sorted(identifiers), what or _plain(finding.text), when)
    return Found(replace(finding, id=uuid5(_NAMESPACE, key)), key, where)


def id_of(*content: object) -> tuple[UUID, str]:
    """Id and key of anything else, by its content."""
    key = _key(*map(str, content))
    return uuid5(_NAMESPACE, key), key


def _drug(medicine: Medicine) -> list[str]:
    usage = medicine.usage
    return [
        f"{medicine.code_set}:{medicine.code}" if medicine.code else _plain(medicine.name),
        medicine.dose,
        _plain(medicine.dose_unit),
        usage.code,
        _plain(usage.text),
        usage.single_dose,
        "" if usage.amount is None else str(usage.amount),
        _plain(usage.amount_unit),
        usage.starts_on.isoformat() if usage.starts_on else "",
    ]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _key(word: str, *content: object) -> str:
    # A digest, so that a key in clear says nothing a reader could recognise at a glance.
    canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f"{word}:{hashlib.sha256(canonical.encode()).hexdigest()[:40]}"
