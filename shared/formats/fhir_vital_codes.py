"""What an Observation measures: by LOINC, JP Core (body measurement, nursing), JLAC10, and the PGHD guide's names.

Source: `rules/vital_codes.csv`; formats/wearables.md section 13 for LOINC beyond it; of the PGHD names (they follow
HealthKit's) heartRate, oxygenSaturation, respiratoryRate, bodyMassIndex, bloodGlucose, stepCount, heartBeatSeries and
appleSleepingWristTemperature were seen in the guide, the others are inferred and marked so.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path

from shared.codes import JLAC10, JP_BODY, LOINC, NURSING
from shared.formats.json_tree import Node

_SYSTEMS = {
    LOINC.uri: "loinc",
    "urn:oid:2.16.840.1.113883.6.1": "loinc",
    JLAC10.uri: "jlac10",
    "urn:oid:1.2.392.200119.4.504": "jlac10",
    JP_BODY.uri: "jp_body",
    NURSING.uri: "nursing",
    "urn:oid:1.2.392.200119.4.804": "nursing",
}
ECG = "electrocardiogram"
SYSTOLIC, DIASTOLIC, PRESSURE = "blood_pressure.systolic", "blood_pressure.diastolic", "blood_pressure"
# Names of streams where the code can be nothing else; `stream:` says so for kinds that are kept both ways.
_LOINC_MORE = {
    "15074-8": "blood_glucose",
    "41653-7": "blood_glucose",
    "99504-3": "stream:blood_glucose",
    "40443-4": "stream:resting_heart_rate",
    "55423-8": "stream:steps",
    "41950-7": "stream:steps_reported",
    "80404-7": "stream:hrv",
    "11524-6": ECG,
    "55284-4": PRESSURE,
}
_PGHD = {
    "heartRate": "stream:heart_rate",
    "oxygenSaturation": "stream:spo2",
    "respiratoryRate": "stream:respiratory_rate",
    "appleSleepingWristTemperature": "stream:skin_temperature",
    "stepCount": "stream:steps",
    "bodyMassIndex": "bmi",
    "bloodGlucose": "blood_glucose",
    # Inferred from HealthKit's names.
    "restingHeartRate": "stream:resting_heart_rate",
    "heartRateVariabilitySDNN": "stream:hrv",
    "distanceWalkingRunning": "stream:distance",
    "activeEnergyBurned": "stream:active_energy",
    "basalEnergyBurned": "stream:basal_energy",
    "flightsClimbed": "stream:floors",
    "appleExerciseTime": "stream:exercise_minutes",
    "bodyMass": "weight",
    "height": "height",
    "bodyTemperature": "body_temperature",
    "bodyFatPercentage": "body_fat",
    "waistCircumference": "waist",
    "vo2Max": "vo2_max",
    "bloodPressure": PRESSURE,
    "bloodPressureSystolic": SYSTOLIC,
    "bloodPressureDiastolic": DIASTOLIC,
    "electrocardiogram": ECG,
}
# How Japanese files spell units beside UCUM; 回 alone is so in JP Core's own example of a respiratory rate.
UNITS = {
    "回/分": "/min", "回": "/min", "拍/分": "/min", "{beats}/min": "/min", "{breaths}/min": "/min",
    "beats/min": "/min", "breaths/min": "/min", "1/min": "/min", "度": "Cel", "パーセント": "%", "歩": "{steps}",
    "{step}": "{steps}", "steps": "{steps}", "count": "{steps}", "kg/m²": "kg/m2", "ミリメートル水銀柱": "mm[Hg]",
    "mL/min/kg": "mL/kg/min", "kcal": "kcal", "{flights}": "{floors}",
}  # fmt: skip
# Volts of electrocardiograms in nV.
VOLTS = {
    "nV": Decimal(1),
    "uV": Decimal(1000),
    "µV": Decimal(1000),
    "μV": Decimal(1000),
    "mV": Decimal(10**6),
    "V": Decimal(10**9),
}


@cache
def _known() -> dict[tuple[str, str], str]:
    path = Path(__file__).parents[1] / "rules" / "vital_codes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        made = {(row["system"], row["code"]): row["measure"] for row in csv.DictReader(file)}
    return made | {("loinc", code): name for code, name in _LOINC_MORE.items()}


def measured(concept: Node) -> str:
    """What a code stands for: a kind, ``stream:`` and a stream, half a pressure, an electrocardiogram, or nothing.

    A PGHD name says most: it stands for what a person's own device measured.
    """
    best = ""
    for coding in concept.each("coding"):
        system, code = coding.at("system").text, coding.at("code").text
        if "pghd" in system.casefold() and code in _PGHD:
            return _PGHD[code]
        best = best or _known().get((_SYSTEMS.get(system, ""), code), "")
    return best
