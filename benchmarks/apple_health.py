"""Reading an Apple Health export, timed against a bare expat pass over the same bytes; and the export itself, made up.

The export is laid out as a phone writes it (attribute order, DTD, twins before their correlations, changing device
addresses, about 470 bytes a record); every number in it is invented.
"""

from __future__ import annotations

import gc
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from benchmarks.figures import Figure, hand_over
from shared.formats import Answers, Found, Trouble, apple_health
from shared.streams import Readings

LIMIT_READ = 1.8
LIMIT_MEMORY_MB = 60
SEED = 20261123

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
<!ATTLIST Record
  type          CDATA #REQUIRED
  unit          CDATA #IMPLIED
  value         CDATA #IMPLIED
  sourceName    CDATA #REQUIRED
  sourceVersion CDATA #IMPLIED
  device        CDATA #IMPLIED
  creationDate  CDATA #IMPLIED
  startDate     CDATA #REQUIRED
  endDate       CDATA #REQUIRED
>
<!-- Note: Any Records that appear as children of a correlation also appear as top-level records in this document. -->
]>
<HealthData locale="ja_JP">
 <ExportDate value="2026-11-23 09:00:00 +0900"/>
 <Me HKCharacteristicTypeIdentifierDateOfBirth="1948-05-03"
 HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexFemale"/>
"""
_QUANTITY = "HKQuantityTypeIdentifier"
_MOTION = '>\n  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="{}"/>\n </Record>\n'
_STAGES = ("AsleepCore", "AsleepDeep", "AsleepREM", "Awake")
_Times = tuple[datetime, datetime]
_START = datetime(2021, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Device:
    """What one device writes into each of its records; the address in it changes, as it does on a phone."""

    source: str
    version: str
    parts: str

    def attributes(self, address: int) -> str:
        start = f'sourceName="{self.source}" sourceVersion="{self.version}"'
        return f'{start} device="&lt;&lt;HKDevice: 0x{address:x}&gt;, {self.parts}&gt;"'


_WATCH = _Device(
    "花子のApple\u00a0Watch",
    "10.6.1",
    "name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,14, software:10.6.1, "
    "creation date:2024-07-02 11:06:21 +0000",
)
_PHONE = _Device(
    "花子のiPhone",
    "17.6",
    "name:iPhone, manufacturer:Apple Inc., model:iPhone, hardware:iPhone12,8, software:17.6",
)


class _Writer:
    """One made-up export: each kind of record from its own clock, so that the shares can be chosen freely."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.addresses = [0x280000000 + self.random.randrange(0x3000000) * 16 for _ in range(73)]

    def record(self, kind: str, device: _Device, unit: str, times: _Times, value: str) -> str:
        """One record without its closing, as the phone orders its attributes."""
        start, end = times
        unit = f' unit="{unit}"' if unit else ""
        written = device.attributes(self.random.choice(self.addresses))
        return (
            f' <Record type="{kind}" {written}{unit} creationDate="{end:%Y-%m-%d %H:%M:%S} +0900"'
            f' startDate="{start:%Y-%m-%d %H:%M:%S} +0900" endDate="{end:%Y-%m-%d %H:%M:%S} +0900" value="{value}"'
        )

    def heart_rates(self, count: int) -> Iterator[str]:
        """A watch at rest looks every 5 minutes, in motion every 5 seconds."""
        at = _START
        for number in range(count):
            at += timedelta(seconds=5 if number % 400 < 120 else self.random.randrange(240, 360))
            value = str(self.random.randrange(52, 135))
            yield self.record(f"{_QUANTITY}HeartRate", _WATCH, "count/min", (at, at), value) + _MOTION.format(
                number % 3
            )

    def walks(self, name: str, unit: str, count: int, values: Callable[[], str]) -> Iterator[str]:
        """Steps, distance or energy: both devices count, each over its own stretches of time."""
        at = _START
        for number in range(count):
            at += timedelta(seconds=self.random.randrange(70, 600))
            until = at + timedelta(seconds=self.random.randrange(10, 600))
            device = _PHONE if number % 1000 < 400 else _WATCH
            yield self.record(_QUANTITY + name, device, unit, (at, until), values()) + "/>\n"

    def sleep(self, count: int) -> Iterator[str]:
        """Stages of the night, one after the other."""
        at = _START
        for number in range(count):
            until = at + timedelta(seconds=30 * self.random.randrange(4, 80))
            value = "HKCategoryValueSleepAnalysis" + self.random.choice(_STAGES)
            yield (
                self.record("HKCategoryTypeIdentifierSleepAnalysis", _WATCH, "", (at, until), value) + "/>\n"
            )
            at = until + timedelta(hours=16 if number % 20 == 19 else 0)

    def pressures(self, count: int) -> tuple[list[str], list[str]]:
        """The twins that stand among the records, and the correlations that stand after them."""
        twins: list[str] = []
        pairs: list[str] = []
        cuff = _Device("OMRON connect", "7.30.1", "name:HEM-7281T, manufacturer:OMRON")
        for number in range(count):
            at = _START + timedelta(hours=12 * number, minutes=self.random.randrange(60))
            high = str(self.random.randrange(112, 155))
            low = str(self.random.randrange(64, 92))
            both = [
                self.record(f"{_QUANTITY}BloodPressureSystolic", cuff, "mmHg", (at, at), high) + "/>\n",
                self.record(f"{_QUANTITY}BloodPressureDiastolic", cuff, "mmHg", (at, at), low) + "/>\n",
            ]
            twins.extend(both)
            times = f'startDate="{at:%Y-%m-%d %H:%M:%S} +0900" endDate="{at:%Y-%m-%d %H:%M:%S} +0900"'
            pairs.append(
                ' <Correlation type="HKCorrelationTypeIdentifierBloodPressure" sourceName="OMRON connect" '
                f'sourceVersion="7.30.1" {times}>\n {both[number % 2]} {both[1 - number % 2]} </Correlation>\n'
            )
        return twins, pairs

    def whole(self, records: int) -> Iterator[str]:
        """Everything, in the order of a real export: records by type, then what wraps records."""
        pick = self.random
        twins, pairs = self.pressures(min(3000, records // 100 + 1))
        yield _HEAD
        yield from self.heart_rates(records * 40 // 100)
        yield from self.walks("StepCount", "count", records * 14 // 100, lambda: str(pick.randrange(1, 900)))
        yield from self.walks(
            "DistanceWalkingRunning", "km", records * 16 // 100, lambda: f"{pick.random():.6g}"
        )
        yield from self.walks(
            "ActiveEnergyBurned", "kcal", records * 18 // 100, lambda: f"{pick.random() * 9:.6g}"
        )
        yield from self.walks(
            "BasalEnergyBurned", "kcal", records * 6 // 100, lambda: f"{pick.random() * 20:.6g}"
        )
        yield from twins
        yield from self.walks(
            "OxygenSaturation", "%", records * 2 // 100, lambda: f"0.{pick.randrange(91, 100)}"
        )
        yield from self.sleep(records * 4 // 100)
        yield from pairs
        yield "</HealthData>\n"


def write_export(path: Path, megabytes: int, seed: int = SEED) -> int:
    """Write a made-up export of about ``megabytes`` (10**6 bytes) to ``path``; returns its size in bytes."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for piece in _Writer(seed).whole(megabytes * 1_000_000 // 470):
            file.write(piece)
    return path.stat().st_size


def bare_expat(path: Path) -> float:
    """Seconds of one expat pass over ``path`` without any handler: what merely looking at the XML costs."""
    started = time.perf_counter()
    with path.open("rb") as file:
        expat.ParserCreate().ParseFile(file)
    return time.perf_counter() - started


@dataclass(slots=True)
class Told:
    """What one reading of a file gave, and how long it took."""

    seconds: float = 0.0
    readings: int = 0
    rows: int = 0
    troubles: int = 0


def timed_read(file: BinaryIO) -> Told:
    """Read ``file`` to its end, keeping nothing."""
    told = Told()
    started = time.perf_counter()
    for piece in apple_health.read(file, Answers()):
        if isinstance(piece, Readings):
            told.readings += len(piece)
        elif isinstance(piece, Found):
            told.rows += 1
        elif isinstance(piece, Trouble):
            told.troubles += 1
    told.seconds = time.perf_counter() - started
    return told


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform != "darwin" else 1024 * 1024
    )


def figures(megabytes: int = 300, rounds: int = 3) -> Iterator[Figure]:
    """`read` beside a bare expat pass, the best of ``rounds`` each, and the memory it took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xml"
        size = write_export(path, megabytes) / 1e6
        gc.collect()
        idle = _peak_mb()
        bare = min(bare_expat(path) for _ in range(rounds))
        with path.open("rb") as file:
            told = [timed_read(file) for _ in range(rounds) if file.seek(0) == 0]
    best, first = min(each.seconds for each in told), told[0]
    yield Figure("Apple Health export", size, "MB")
    yield Figure("readings in it", first.readings, "")
    yield Figure("rows in it", first.rows, "")
    yield Figure("troubles in it", first.troubles, "")
    yield Figure("bare expat pass", size / bare, "MB/s")
    yield Figure("read into columns, nothing kept", size / best, "MB/s")
    yield Figure("read / bare expat", best / bare, "x", LIMIT_READ)
    yield Figure("memory over idle", _peak_mb() - idle, "MB", LIMIT_MEMORY_MB)


if __name__ == "__main__":
    hand_over(figures(*(int(each) for each in sys.argv[1:] if each.isdecimal())))
