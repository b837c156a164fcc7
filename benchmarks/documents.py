"""Made-up files of exports, documents and electrocardiograms: Apple's, FHIR, and a zip of them."""

from __future__ import annotations

import io
import json
import random
import tempfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import standards, takeouts
from benchmarks.apple_health import write_export

SEED = 20261123
_ECG_HEAD = (
    "Name,花子\nDate of Birth,1948-05-03\nRecorded Date,{at:%Y-%m-%d %H:%M:%S} +0900\nClassification,Sinus Rhythm\n"
    "Symptoms,\nSoftware Version,2.0\nDevice,Watch6,14\nSample Rate,512 hertz\n\n\nLead,Lead I\nUnit,µV\n\n"
)
# Code, unit, and the lowest value made up, in tenths.
_CODES = (("8310-5", "Cel", 355), ("29463-7", "kg", 480), ("41982-0", "%", 250))


def apple_health() -> tuple[str, bytes]:
    """An export of 25 MB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xml"
        write_export(path, 25)
        return "export.xml", path.read_bytes()


def apple_ecg() -> tuple[str, bytes]:
    """A recording of 30 seconds: all that one file ever holds."""
    return "ecg_2026-11-18.csv", _electrocardiogram(random.Random(SEED), datetime(2026, 11, 18, tzinfo=UTC))


def _electrocardiogram(pick: random.Random, at: datetime) -> bytes:
    # As Apple writes numbers: at most three digits behind the point, none where they are zero.
    samples = "\n".join(f"{round(pick.gauss(0, 150), 3):g}" for _ in range(15_360))
    return (_ECG_HEAD.format(at=at) + samples + "\n").encode()


_OBSERVATION = """\
   <component>
    <observation classCode="OBS" moodCode="EVN">
     <templateId root="2.16.840.1.113883.10.20.22.4.27"/>
     <id root="c6f88321-67ad-11db-bd13-0800200c9a66"/>
     <code code="{code}" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" displayName="{called}"/>
     <text>
      <sourceName>花子のApple Watch</sourceName>
      <sourceVersion>12.1</sourceVersion>
      <device>&lt;&lt;HKDevice: {pointer}&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, \
hardware:Watch6,14, software:12.1&gt;</device>
      <value>{value}</value>
      <type>HKQuantityTypeIdentifier{type}</type>
      <unit>{unit}</unit>
{noted}     </text>
     <statusCode code="completed"/>
     <effectiveTime>
      <low value="{when}"/>
      <high value="{when}"/>
     </effectiveTime>
     <value xsi:type="PQ" value="{value}" unit="{unit}"/>
     <interpretationCode code="N" codeSystem="2.16.840.1.113883.5.83"/>
    </observation>
   </component>
"""
_MOTION = """\
      <metadataEntry>
       <key>HKMetadataKeyHeartRateMotionContext</key>
       <value>{moving}</value>
      </metadataEntry>
"""


def clinical_document() -> tuple[str, bytes]:
    """The vital signs of an Apple export once more, as a CDA document (laid out as Apple does): 20,000 observations."""
    pick, at = random.Random(SEED), datetime(2026, 1, 1, tzinfo=UTC)
    inside = []
    for number in range(20_000):
        at += timedelta(seconds=pick.randrange(200, 400))
        told = {"code": "8867-4", "called": "Heart rate", "type": "HeartRate", "unit": "count/min"}
        value, noted = str(pick.randrange(50, 140)), _MOTION.format(moving=pick.randrange(3))
        if number % 20 == 0:
            told = {"code": "2710-2", "called": "Oxygen saturation", "type": "OxygenSaturation", "unit": "%"}
            value, noted = f"0.{pick.randrange(90, 100)}", ""
        when, pointer = f"{at:%Y%m%d%H%M%S}+0900", f"0x{0x280000000 + pick.randrange(1 << 20) * 16:x}"
        inside.append(_OBSERVATION.format(value=value, noted=noted, when=when, pointer=pointer, **told))
    made = (
        '<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:sdtc="urn:hl7-org:sdtc">\n'
        ' <entry typeCode="DRIV">\n  <organizer classCode="CLUSTER" moodCode="EVN">\n'
        f"{''.join(inside)}  </organizer>\n </entry>\n</ClinicalDocument>\n"
    )
    return "export_cda.xml", made.encode()


def fhir_jp() -> tuple[str, bytes]:
    """A collection of vital signs, each an Observation of LOINC: 12,000."""
    pick, at = random.Random(SEED), datetime(2026, 1, 1, tzinfo=UTC)
    entries = []
    for number in range(12_000):
        at += timedelta(minutes=31)
        code, unit, low = _CODES[number % len(_CODES)]
        value = pick.randrange(low, low + 20) / 10
        quantity = {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
        category = [
            {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
        ]
        seen = {
            "resourceType": "Observation",
            "id": f"{pick.getrandbits(64):016x}",
            "status": "final",
            "category": [{"coding": category}],
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "subject": {"reference": "Patient/hanako"},
            "effectiveDateTime": f"{at:%Y-%m-%dT%H:%M:%S}+09:00",
            "valueQuantity": quantity,
        }
        entries.append({"fullUrl": f"urn:uuid:{pick.getrandbits(128):032x}", "resource": seen})
    made = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return "observations.json", json.dumps(made, indent=1, ensure_ascii=False).encode()


def bundle() -> tuple[str, bytes]:
    """A zip of files of several makers; stored, so that MB are those of the files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as opened:
        for each in (standards.nightscout, takeouts.samsung_health, standards.open_mhealth):
            opened.writestr(*each())
    return "everything.zip", made.getvalue()
