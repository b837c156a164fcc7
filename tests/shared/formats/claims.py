"""Files that claim to hold far more than they do, or more than any device writes: two GB in some bytes.

CLAIMS has them for every format, made of its own samples, so that the reader goes as far into them as it would.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from functools import cache

from tests.shared.formats.claims_of_bytes import database, fit, picture
from tests.shared.formats.claims_of_text import PART, Claims, endless, first, json, table, xml
from tests.shared.formats.claims_of_zips import archive
from tests.shared.formats.damage import NIGHTLY, samples
from tests.shared.formats.spelled import Spelled


def _notebook(of: str) -> Claims:
    content = next(content for name, content in samples(of))
    return {
        **table(content),
        "lines without end": endless(content, b"999,1\r\n"),
        "unknown lines": Spelled(content, b"777,x\r\n", 300_000),
        "split in 99,999 parts": Spelled(content + b"911,12345678901234,99999,1\r\n"),
        "headers without end": Spelled(content, content, 2_000 // PART),
    }


def _electrocardiogram() -> Claims:
    content = samples("apple_ecg")[0][1]
    return {
        **table(content),
        "samples without end": endless(content, b"-12.345\n"),
        "99,999 hertz": Spelled(re.sub(rb"[0-9.]+ (?=hertz)", b"99999 ", content)),
        "0.00001 hertz": Spelled(re.sub(rb"[0-9.]+ (?=hertz)", b"0.00001 ", content)),
        "samples of a million digits": Spelled(content + b"9" * 1_000_000 + b"\n"),
    }


def _signed() -> Claims:
    plain, service = first("eprescription", "unsigned.xml"), first("eprescription", ".csv")

    def wrapped(inner: bytes) -> bytes:
        return b"<a>" + base64.b64encode(inner) + b"</a>"

    return {
        **xml(plain),
        **{f"service: {name}": claim for name, claim in table(service).items()},
        "base64 without end": endless(b"<a>" + base64.b64encode(b"SJ1\r\n" + service[5:300]), b"QUFB"),
        "prescriptions without end": Spelled(b"<b>" + wrapped(service) * 1_000 + b"</b>"),
        "XML in XML in XML in XML": Spelled(wrapped(wrapped(wrapped(wrapped(service))))),
        "base64 of 12 MB in base64": Spelled(wrapped(wrapped(service + b" " * 6_000_000))),
    }


def _fhir() -> Claims:
    clins, lines, vitals = (first("fhir_jp", end) for end in ("clins.json", ".ndjson", "vitals.json"))
    attached = b'{"resourceType":"DocumentReference","content":[{"attachment":{"data":"'
    sampled = (
        b'{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org",'
        b'"code":"11524-6"}]},"effectiveDateTime":"2026-11-20T07:00:00+09:00","component":[{"code":{"text":"I"},'
        b'"valueSampledData":{"origin":{"value":0,"unit":"mV"},"period":%b,"dimensions":%b,"data":"%b"}}]}'
    )
    return {
        **json(clins),
        **{f"vitals: {name}": claim for name, claim in json(vitals).items()},
        "base64 without end": endless(attached, b"QUFB"),
        "samples in 2,147,483,647 dimensions": Spelled(sampled % (b"2", b"2147483647", b"1 2 3")),
        "samples every 1e999999999 ms": Spelled(sampled % (b"1e999999999", b"1", b"1 2 3")),
        "samples every 1e-300 ms": Spelled(sampled % (b"1e-300", b"1", b"1 2 3")),
        "a million samples": Spelled(sampled % (b"2", b"1", b"1 " * 1_000_000)),
        "odd samples": Spelled(sampled % (b"2", b"1", b"E U L 1e999 " + b"9" * 5000)),
        "200,000 lines": Spelled(lines, lines.split(b"\n")[0] + b"\n", 200_000),
        "references in a ring": Spelled(b"\n".join(
            b'{"resourceType":"MedicationRequest","id":"%d","medicationReference":{"reference":"MedicationRequest/%d"},'
            b'"subject":{"reference":"MedicationRequest/%d"}}' % (n, (n + 1) % 500, n) for n in range(500)
        )),
    }  # fmt: skip


def _named(**kinds: Claims) -> Claims:
    return {f"{kind}: {name}": claim for kind, claims in kinds.items() for name, claim in claims.items()}


def _by_kind(of: str) -> Claims:
    """What is claimed by each kind of file that a format has: a maker's zip, and what may come alone."""
    kinds: dict[str, Claims] = {}
    for name, content in samples(of):
        ending = name.rpartition(".")[2].lower()
        if ending in kinds and not NIGHTLY:
            continue  # one of each by day
        maker: Callable[[bytes], Claims] = {"zip": archive, "csv": table, "json": json, "xml": xml}[ending]
        kinds.setdefault(ending, maker(content))
    return _named(**kinds)


CLAIMS: dict[str, Callable[[], Claims]] = {
    "jahis_techo": lambda: _notebook("jahis_techo"),
    "apple_health": lambda: _named(
        xml=xml(first("apple_health", "hanako_2026.xml")), zip=archive(first("apple_health", ".zip"))
    ),
    "jahis_rx": lambda: _notebook("jahis_rx"),
    "eprescription": _signed,
    "mynaportal": lambda: _by_kind("mynaportal"),
    "fhir_jp": _fhir,
    "orca": lambda: _by_kind("orca"),
    "qr_picture": picture,
    "health_connect": database,
    "fitbit": lambda: _by_kind("fitbit"),
    "samsung_health": lambda: _by_kind("samsung_health"),
    "garmin_fit": fit,
    "withings": lambda: _by_kind("withings"),
    "omron": lambda: _by_kind("omron"),
    "tanita": lambda: _by_kind("tanita"),
    "libreview": lambda: _by_kind("libreview"),
    "dexcom": lambda: _by_kind("dexcom"),
    "nightscout": lambda: _by_kind("nightscout"),
    "open_mhealth": lambda: _named(json=json(first("open_mhealth", "points.json"))),
    "apple_ecg": _electrocardiogram,
    "clinical_document": lambda: _by_kind("clinical_document"),
    "sheet": lambda: _by_kind("sheet"),
    "bundle": lambda: archive(samples("bundle")[0][1], unfolding=True),
}


@cache
def small(of: str) -> list[tuple[str, Spelled]]:
    """The claims of a format that are small files, as they are handed in at once."""
    return [(name, file) for name, file in CLAIMS[of]().items() if file.size < 300_000]
