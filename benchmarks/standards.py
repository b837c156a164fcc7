"""Made-up files of the exchange formats: Withings, Nightscout, Open mHealth data points, FIT."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from datetime import UTC, datetime, timedelta, timezone

from shared.formats.garmin_fit import checksum

SEED = 20261123
JST = timezone(timedelta(hours=9))


def withings() -> tuple[str, bytes]:
    """Seven months of a watch's heart rate and steps, minute by minute; stored, so that MB are those of the tables."""
    pick = random.Random(SEED)
    at = datetime(2026, 1, 1, tzinfo=JST)
    pulses, steps = ["start,duration,value"], ["start,duration,value"]
    for _ in range(300_000):
        at += timedelta(seconds=pick.randrange(40, 80))
        pulses.append(f"{at.isoformat()},[60],[{pick.randrange(50, 140)}]")
        steps.append(f'{at.isoformat()},"[60,60]","[{pick.randrange(90)},{pick.randrange(90)}]"')
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as opened:
        opened.writestr("data_HAN_1/raw_hr_hr.csv", "\n".join(pulses) + "\n")
        opened.writestr("data_HAN_1/raw_tracker_steps.csv", "\n".join(steps) + "\n")
    return "data_HAN_1.zip", made.getvalue()


def nightscout() -> tuple[str, bytes]:
    """A year of a sensor of five minutes, as the server gives it: 105,120 entries."""
    pick = random.Random(SEED)
    entries = []
    for number in range(105_120):
        ms = 1_767_193_200_000 + number * 300_000
        written = datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        value = pick.randrange(50, 260)
        entries.append(
            {
                "_id": f"{pick.getrandbits(96):024x}",
                "device": "xDrip-DexcomG6",
                "date": ms,
                "dateString": written,
                "sgv": value,
                "delta": -1.5,
                "direction": "Flat",
                "type": "sgv",
                "filtered": value * 1000,
                "unfiltered": value * 1000,
                "rssi": 100,
                "noise": 1,
                "sysTime": written,
                "utcOffset": 0,
            }
        )
    return "entries.json", json.dumps(entries, indent=1).encode()


def open_mhealth() -> tuple[str, bytes]:
    """Heart rates, steps and now and then a blood pressure, one a line: 50,000 points."""
    pick = random.Random(SEED)
    at = datetime(2026, 1, 1, tzinfo=JST)
    lines = []
    for number in range(50_000):
        at += timedelta(minutes=5)
        name, body = _body(number, pick)
        header = {
            "id": f"{pick.getrandbits(128):032x}",
            "creation_date_time": at.isoformat(),
            "schema_id": {"namespace": "omh", "name": name, "version": "3.0"},
            "acquisition_provenance": {
                "source_name": "Band 4",
                "source_creation_date_time": at.isoformat(),
                "modality": "sensed",
            },
            "user_id": "hanako",
        }
        frame = {"date_time": at.isoformat()}
        if name == "step-count":
            end = at + timedelta(minutes=5)
            frame = {"time_interval": {"start_date_time": at.isoformat(), "end_date_time": end.isoformat()}}  # type: ignore[dict-item]
        lines.append(json.dumps({"header": header, "body": {**body, "effective_time_frame": frame}}))
    return "points.ndjson", ("\n".join(lines) + "\n").encode()


def _body(number: int, pick: random.Random) -> tuple[str, dict[str, object]]:
    if number % 20 == 0:
        high, low = pick.randrange(110, 160), pick.randrange(60, 100)
        return "blood-pressure", {
            "systolic_blood_pressure": {"value": high, "unit": "mmHg"},
            "diastolic_blood_pressure": {"value": low, "unit": "mmHg"},
        }
    if number % 3 == 0:
        return "step-count", {"step_count": {"value": pick.randrange(400), "unit": "steps"}}
    return "heart-rate", {"heart_rate": {"value": pick.randrange(50, 140), "unit": "beats/min"}}


def garmin_fit() -> tuple[str, bytes]:
    """A long activity with a heart rate every second: 60,000 records."""
    pick = random.Random(SEED)
    body = bytearray(struct.pack("<BBBHBBBB", 0x40, 0, 0, 0, 1, 0, 1, 0) + b"\x00\x04")
    body += struct.pack("<BBBHB", 0x41, 0, 0, 20, 3) + bytes((253, 4, 0x86, 3, 1, 0x02, 5, 4, 0x86))
    for second in range(60_000):
        body += struct.pack("<BIBI", 1, 1_100_000_000 + second, pick.randrange(60, 180), second * 250)
    head = struct.pack("<BBHI4s", 14, 0x20, 2184, len(body), b".FIT")
    whole = head + struct.pack("<H", checksum(head)) + bytes(body)
    return "activity.fit", whole + struct.pack("<H", checksum(whole))
