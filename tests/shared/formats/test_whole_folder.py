"""Every file of the public collection of device files: who reads it, and whether that equals what others counted.

The expectations beside the files were computed without our code. A file that nobody reads, one without an expectation
and an expectation without its file all fail here, so that a new file cannot be forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from shared.formats import HEAD_BYTES, Answers, Said, named, recognise
from shared.formats.report import as_json, report
from shared.problems import Unreadable
from tests.shared.formats.read_files import PUBLIC

pytestmark = [
    pytest.mark.samples,
    pytest.mark.skipif(not PUBLIC.exists(), reason="../shared is not there"),
]

# Kept beside the device files for other reasons: routes (never read, they say where she lives), tables that a FIT
# library compares itself with, bytes of Bluetooth (test_gatt.py reads them all), the expectations, the list of sources.
NO_DEVICE_FILE = (".gpx", "-records.csv", "vectors.json", "expected.json", "MANIFEST.md")
# Folder -> format, where the names differ.
FORMAT_OF = {
    "dexcom_clarity": "dexcom", "fitbit_google_csv": "fitbit", "fitbit_takeout": "fitbit"
}  # fmt: skip
REFUSED = {"activity-filecrc.fit": "checksum_wrong", "activity-settings-nodata.fit": "file_cut_short"}
UTC_ZONE = Answers("Etc/UTC", said=Said(zone="Etc/UTC"))


class Figures(NamedTuple):
    """What a file holds of one thing: how many, in which unit, from when to when, from how little to how much."""

    number: int
    unit: str
    first: float
    last: float
    low: float
    high: float


def moment(text: str, zone: str = "Etc/UTC") -> float:
    """Seconds of a time as the expectations write it."""
    read = datetime.fromisoformat(text.replace("/", "-").replace(" +", "+").replace(" -", "-"))
    return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))).timestamp()


def figures(found: dict[str, Any]) -> Iterator[tuple[str, Figures]]:
    """The figures of a report; of a blood pressure its two values, and its pulse where there is one."""
    for name, each in found.items():
        when = moment(each["first"]), moment(each["last"])
        if name == "blood_pressure":
            for part in ("systolic", "diastolic", "pulse"):
                if (of := each.get(part)) and of["min"] is not None:
                    yield part, Figures(each["count"], of["unit"], *when, of["min"], of["max"])
        elif name != "workout":
            yield name, Figures(each["count"], each["unit"], *when, each["min"], each["max"])


Wanted = dict[str, Figures]


def spread(of: dict[str, Any], unit: str, zone: str = "Etc/UTC", *, count: str = "n") -> Figures:
    """Figures that stand in an expectation by these names."""
    when = moment(of["first"], zone), moment(of["last"], zone)
    return Figures(of[count], unit, *when, of["min"], of["max"])


_APPLE = {
    "HKQuantityTypeIdentifierHeartRate": ("heart_rate", "/min", "1", 0),
    "HKQuantityTypeIdentifierBodyMassIndex": ("bmi", "kg/m2", "1", 1),
    "HKQuantityTypeIdentifierBodyMass": ("weight", "kg", "0.45359237", 1),
    "HKQuantityTypeIdentifierHeight": ("height", "cm", "30.48", 1),
}


def apple(of: dict[str, Any]) -> Wanted:
    wanted = {}
    for theirs, each in of["types"].items():
        name, unit, factor, places = _APPLE[theirs]
        low, high = (
            float(round(Decimal(str(each[end])) * Decimal(factor), places)) for end in ("min", "max")
        )
        wanted[name] = spread(each, unit)._replace(low=low, high=high)
    pairs = of["correlations"]
    for part in ("Systolic", "Diastolic") if pairs else ():
        key = f"HKQuantityTypeIdentifierBloodPressure{part}"
        values = [float(pair["children"][key].split()[0]) for pair in pairs]
        when = [moment(pair["start"]) for pair in pairs]
        wanted[part.lower()] = Figures(len(pairs), "mm[Hg]", min(when), max(when), min(values), max(values))
    return wanted


def dexcom(of: dict[str, Any]) -> Wanted:
    return {"blood_glucose": spread(of, "mg/dL", count="egv")}


def libreview(of: dict[str, Any]) -> Wanted:
    # Two columns of one stream; the first and last of the expectation are of rows that are no readings, too.
    low, high = (of[f"historic_{end}"] for end in ("min", "max"))
    count = of["historic_n"] + of["scan_n"]
    assert low <= of["scan_min"] <= of["scan_max"] <= high
    return {"blood_glucose": Figures(count, "mg/dL", moment(of["first"]), moment(of["last"]), low, high)}


def nightscout(of: dict[str, Any]) -> Wanted:
    return {"blood_glucose": spread(of, "mg/dL", count="sgv_n")}


def fitbit(of: dict[str, Any]) -> Wanted:
    if "nonzero" in of:
        ends = {end: f"20{of[end][6:8]}-{of[end][:2]}-{of[end][3:5]}" for end in ("first", "last")}
        return {"resting_heart_rate": spread({**of, **ends}, "/min", count="nonzero")}
    name = "resting_heart_rate" if "data source" in of["columns"] else "heart_rate"
    return {name: spread(of, "/min", count="rows")}


def garmin_fit(of: dict[str, Any]) -> Wanted:
    wanted = {}
    if of.get("hr_n") and "first" in of:  # without a time none can be kept
        ends = moment(of["first"]), moment(of["last"])
        wanted["heart_rate"] = Figures(of["hr_n"], "/min", *ends, of["hr_min"], of["hr_max"])
    rows = of.get("weight_scale", ())
    for name, key, unit in (("weight", "weight", "kg"), ("body_fat", "percent_fat", "%")) if rows else ():
        values = [round(float(row[key]), 1) for row in rows]
        ends = moment(of["first"]), moment(of["last"])
        wanted[name] = Figures(len(rows), unit, *ends, min(values), max(values))
    return wanted


_OMRON = {
    "最高血圧(mmHg)": ("systolic", "mm[Hg]"), "最低血圧(mmHg)": ("diastolic", "mm[Hg]"),
    "脈拍(bpm)": ("pulse", "/min"), "体重(kg)": ("weight", "kg"), "Weight(kg)": ("weight", "kg"),
}  # fmt: skip


def omron(of: dict[str, Any]) -> Wanted:
    (zone,) = of["zones"]
    ends = moment(of["first"], zone), moment(of["last"], zone)
    return {
        _OMRON[column][0]: Figures(of["rows"], _OMRON[column][1], *ends, low, high)
        for column, (low, high) in of["ranges"].items()
    }


def tanita(of: dict[str, Any]) -> Wanted:
    rows = of["rows_detail"]
    when = [moment(row["when"]) for row in rows]
    wanted = {}
    for name, key, unit in (
        ("weight", "weight_kg", "kg"), ("body_fat", "fat_pct", "%"), ("muscle_mass", "muscle_kg", "kg")
    ):  # fmt: skip
        values = [float(round(Decimal(str(row[key])), 1)) for row in rows]
        wanted[name] = Figures(len(rows), unit, min(when), max(when), min(values), max(values))
    return wanted


def samsung_health(of: dict[str, Any]) -> Wanted:
    rows = [{key.rpartition(".")[2]: cell for key, cell in row.items()} for row in of["rows_detail"]]
    if "day_time" in rows[0]:
        rows = [row for row in rows if row["source_type"] == "-2"]
        days = [row["day_time"] for row in rows]
        when = [int(day) / 1000 if day.isdigit() else moment(day) for day in days]
        columns = {"count": ("steps_reported", "{steps}")}
    else:
        when = [moment(row["start_time"]) for row in rows]
        pressure = {"systolic": "mm[Hg]", "diastolic": "mm[Hg]", "pulse": "/min"}
        columns = {"weight": ("weight", "kg")} | {each: (each, unit) for each, unit in pressure.items()}
    wanted = {}
    for key, (name, unit) in columns.items():
        if values := [float(row[key]) for row in rows if key in row]:
            wanted[name] = Figures(len(rows), unit, min(when), max(when), min(values), max(values))
    if "sleep_duration" in rows[0]:
        wanted["sleep"] = Figures(len(rows), "{stage}", min(when), max(when), 1, 1)
    return wanted


def health_connect(of: dict[str, Any]) -> Wanted:
    pressures = of["blood_pressure"]
    ends = moment(pressures[0][2]), moment(pressures[-1][2])
    wanted = {
        part: Figures(
            2, "mm[Hg]", *ends, min(each[at] for each in pressures), max(each[at] for each in pressures)
        )
        for at, part in enumerate(("systolic", "diastolic"))
    }
    # Of the rest the expectation names values, and no times.
    for name, unit, values in (
        ("weight", "kg", [of["weight_kg"]]),
        ("body_fat", "%", [of["body_fat_pct"]]),
        ("blood_glucose", "mg/dL", [round(of["glucose"]["mg_dl"])]),
        ("heart_rate", "/min", of["hr_series"]),
        ("steps", "{steps}", [each[0] for each in of["steps"]]),
        ("sleep", "{stage}", [3, 4, 5]),
    ):
        wanted[name] = Figures(len(values), unit, 0, 0, min(values), max(values))
    return wanted


EXPECT: dict[str, Callable[[dict[str, Any]], Wanted]] = {
    "apple_health": apple, "dexcom": dexcom, "libreview": libreview, "nightscout": nightscout, "fitbit": fitbit,
    "garmin_fit": garmin_fit, "omron": omron, "tanita": tanita, "samsung_health": samsung_health,
    "health_connect": health_connect,
}  # fmt: skip


def device_files() -> list[Path]:
    """Every file of the collection that a device or its app made."""
    return [
        path
        for path in sorted(PUBLIC.rglob("*"))
        if path.is_file() and not path.name.endswith(NO_DEVICE_FILE)
    ]


def folder(path: Path) -> str:
    return path.relative_to(PUBLIC).parts[0]


def expectation(path: Path) -> dict[str, Any] | None:
    """What was counted of a file by others; the zip holds the very XML that lies beside it."""
    all_of_them = json.loads((PUBLIC / folder(path) / "expected.json").read_text("utf-8"))
    name = (
        path.relative_to(PUBLIC / folder(path))
        .as_posix()
        .replace("paulstaab_export.zip", "paulstaab_export.xml")
    )
    found: dict[str, Any] | None = all_of_them.get(name, all_of_them.get(path.name))
    return found


@pytest.mark.parametrize("path", device_files(), ids=lambda path: path.name)
def test_every_device_file_is_read_as_others_counted_it(path: Path) -> None:
    of = FORMAT_OF.get(folder(path), folder(path))
    assert recognise(path.read_bytes()[:HEAD_BYTES], "") == of
    with path.open("rb") as file:
        if path.name in REFUSED:
            with pytest.raises(Unreadable) as refused:
                list(named(of).read(file, UTC_ZONE))
            assert refused.value.code == REFUSED[path.name]
            return
        told: dict[str, Any] = as_json(report(of, named(of).read(file, UTC_ZONE)))
    if (counted := expectation(path)) is None:
        assert path.name.endswith(".binning_data.json")  # test_samsung_health.py::test_their_bins looks at it
        return
    found, wanted = dict(figures(told["found"])), EXPECT[of](counted)
    for name, want in wanted.items():
        got = found[name]
        assert (got.number, got.unit, got.low, got.high) == (want.number, want.unit, want.low, want.high), (
            name
        )
        if of in {"libreview", "garmin_fit"}:  # theirs are of all rows, also of those without a value
            assert want.first <= got.first <= got.last <= want.last, name
        elif want.first:
            assert (got.first, got.last) == (want.first, want.last), name
    workouts = counted.get("workouts", [counted["session"]] if "session" in counted else [])
    assert told["found"].get("workout", {}).get("count", 0) == len(workouts)


def test_no_file_and_no_expectation_is_left_over() -> None:
    read = device_files()
    assert len(read) > 30
    assert {FORMAT_OF.get(folder(path), folder(path)) for path in read} == set(EXPECT)
    for beside in PUBLIC.rglob("expected.json"):
        for name in json.loads(beside.read_text("utf-8")):
            assert any(
                path.as_posix().endswith("/" + name) for path in read if folder(path) == folder(beside)
            ), name
