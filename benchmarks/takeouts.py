"""Made-up files of Health Connect, Fitbit and Samsung Health, of 20 to 40 MB, laid out as the real ones are.

The zip of Fitbit is stored, not deflated: what counts is the bytes of the files that are read. Half of it is the older
JSON of 2024, half the newer CSV of 2026.
"""

from __future__ import annotations

import io
import random
import sqlite3
import tempfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

_START_MS = 1_767_225_600_000  # 2026-01-01
_COMMON = (
    "row_id INTEGER PRIMARY KEY AUTOINCREMENT, uuid BLOB NOT NULL UNIQUE, last_modified_time INTEGER,"
    " client_record_id TEXT, client_record_version TEXT, device_info_id INTEGER, app_info_id INTEGER,"
    " recording_method INTEGER, dedupe_hash BLOB UNIQUE,"
)
_SPAN = "start_time INTEGER, start_zone_offset INTEGER, end_time INTEGER, end_zone_offset INTEGER, local_date INTEGER"


def health_connect() -> tuple[str, bytes]:
    """A watch for three months: heart rate every five seconds in records of an hour, steps by the minute."""
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.db"
        made = sqlite3.connect(path)
        made.executescript(
            f"""CREATE TABLE application_info_table (row_id INTEGER PRIMARY KEY, package_name TEXT, app_name TEXT);
            CREATE TABLE device_info_table (row_id INTEGER PRIMARY KEY, manufacturer TEXT, model TEXT);
            CREATE TABLE steps_record_table ({_COMMON} {_SPAN}, count INTEGER);
            CREATE TABLE heart_rate_record_table ({_COMMON} {_SPAN});
            CREATE TABLE heart_rate_record_series_table
              (parent_key INTEGER, beats_per_minute INTEGER, epoch_millis INTEGER);
            INSERT INTO application_info_table VALUES
              (1, 'com.example.watch', 'Watch'), (2, 'com.example.phone', 'Phone');
            INSERT INTO device_info_table VALUES (1, 'Example', 'Watch 2'), (2, NULL, NULL);"""
        )

        def common(number: int, app: int) -> tuple[object, ...]:
            return (number, chance.randbytes(16), _START_MS, None, None, app, app, 2, chance.randbytes(24))

        for hour in range(24 * 60):
            start = _START_MS + hour * 3_600_000
            span = (start, 32400, start + 3_595_000, 32400, 20454 + hour // 24)
            made.execute(
                f"INSERT INTO heart_rate_record_table VALUES ({','.join('?' * 14)})",
                (*common(hour + 1, 1), *span),
            )
            made.executemany(
                "INSERT INTO heart_rate_record_series_table VALUES (?, ?, ?)",
                ((hour + 1, chance.randint(50, 120), start + 5_000 * n) for n in range(720)),
            )
        for minute in range(30_000):
            start = _START_MS + minute * 60_000
            span = (start, 32400, start + 60_000, 32400, 20454 + minute // 1440)
            made.execute(
                f"INSERT INTO steps_record_table VALUES ({','.join('?' * 15)})",
                (*common(minute + 1, 1 + minute % 2), *span, chance.randint(0, 130)),
            )
        made.commit()
        made.close()
        return "health_connect_export.db", path.read_bytes()


def fitbit() -> tuple[str, bytes]:
    """Twenty days of legacy JSON (heart rate, steps), and a hundred of the newer CSV."""
    chance, content = random.Random(2), io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as made:
        for day in range(20):
            on = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day)
            rates = ",".join(_legacy_rate(on + timedelta(seconds=8 * n), chance) for n in range(10_000))
            made.writestr(f"Takeout/Fitbit/Global Export Data/heart_rate-{on:%Y-%m-%d}.json", f"[{rates}]")
        for day in range(100):
            on = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
            lines = [
                f"{on + timedelta(seconds=20 * n):%Y-%m-%dT%H:%M:%SZ},{chance.randint(50, 120)}.0,Google Fitbit Air"
                for n in range(4_000)
            ]
            sheet = "\n".join(("timestamp,beats per minute,data source", *lines, ""))
            made.writestr(f"Takeout/Fitbit/Physical Activity_GoogleData/heart_rate_{on:%Y-%m-%d}.csv", sheet)
    return "takeout-20260601T000000Z-001.zip", content.getvalue()


def _legacy_rate(at: datetime, chance: random.Random) -> str:
    bpm, sure = chance.randint(50, 120), chance.choice((1, 2, 2, 3, 3, 3))
    return (
        f'{{\n  "dateTime" : "{at:%m/%d/%y %H:%M:%S}",\n  "value" : {{\n    "bpm" : {bpm},\n'
        f'    "confidence" : {sure}\n  }}\n}}'
    )


def samsung_health() -> tuple[str, bytes]:
    """Steps by the minute of a phone, as the export writes them."""
    chance, prefix = random.Random(3), "com.samsung.health.step_count"
    names = [
        "start_time",
        "end_time",
        "time_offset",
        "count",
        "distance",
        "calorie",
        "speed",
        "deviceuuid",
        "pkg_name",
        "datauuid",
    ]
    lines = [
        "com.samsung.shealth.tracker.pedometer_step_count,6310004,4",
        "run_step,walk_step," + ",".join(f"{prefix}.{name}" for name in names) + ",",
    ]
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(120_000):
        on = at + timedelta(minutes=n)
        uuid = f"{chance.getrandbits(128):032x}"
        lines.append(
            f"0,{n % 90},{on:%Y-%m-%d %H:%M:%S}.000,{on + timedelta(seconds=59):%Y-%m-%d %H:%M:%S}.999,UTC+0900,"
            f"{n % 90},{0.7 * (n % 90):.2f},{0.04 * (n % 90):.2f},1.2,VfS0qUERdZ,com.sec.android.app.shealth,"
            f"{uuid[:8]}-{uuid[8:12]}-{uuid[12:16]}-{uuid[16:20]}-{uuid[20:]},"
        )
    return "com.samsung.shealth.tracker.pedometer_step_count.csv", "\n".join((*lines, "")).encode()
