"""The job loop killed in the middle of a file: the next run finishes it, and nothing half-read is ever seen."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta

from sqlalchemy import update

from backend.imports.inbox import State
from backend.jobs import JobRow
from shared import clock
from shared.clock import from_ms
from tests.backend.imports.desk import Desk, readings
from tests.cast import Cast
from tests.fixtures.examples import NIGHTLY

KILLS = 20 if NIGHTLY else 1
BEGINS = 1_700_000_000_000
RECORD = (
    ' <Record type="HKQuantityTypeIdentifier{}" sourceName="{}" unit="{}" creationDate="{at}" startDate="{at}"'
    ' endDate="{at}" value="{}"/>\n'
)


def export(weights: int, heart_rates: int) -> bytes:
    """Enough of both kinds that a reader writes away what it found several times."""

    def at(minutes: int) -> str:
        return from_ms(BEGINS + minutes * 60_000).strftime("%Y-%m-%d %H:%M:%S +0000")

    rows = [RECORD.format("BodyMass", "Scale", "kg", f"{50 + n % 97 / 10}", at=at(n)) for n in range(weights)]
    rows += [
        RECORD.format("HeartRate", "Watch", "count/min", 60 + n % 50, at=at(n)) for n in range(heart_rates)
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="ja_JP">\n'
    head += ' <ExportDate value="2026-04-01 09:00:00 +0900"/>\n'
    return (head + "".join(rows) + "</HealthData>\n").encode()


def loop(environment: dict[str, str], seconds: float | None) -> int:
    """`tomoni jobs --once`, killed after so many seconds; its exit status."""
    command = [sys.executable, "-m", "backend.commands", "jobs", "--once"]
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    if seconds is not None:
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait(120)


def as_if_minutes_passed(desk: Desk) -> None:
    """The claim of a worker that died runs out."""
    past = clock.now() - timedelta(minutes=1)
    with desk.house.database.transaction() as session:
        session.execute(update(JobRow).values(claimed_until=past, run_after=past, tries=0))


def test_a_reader_that_is_killed_leaves_nothing_half_kept(cast: Cast, environment: dict[str, str]) -> None:
    desk = Desk(cast)
    file = export(weights=4_500, heart_rates=4_000)
    received = desk.upload(file, name="export.xml")
    began = datetime.now().astimezone()
    assert loop(environment, None) == 0
    usual = (datetime.now().astimezone() - began).total_seconds()
    undisturbed = desk.find(received.id)
    assert undisturbed.state is State.PREVIEWED
    staged = desk.rows("import_items"), desk.rows("import_days")
    again = desk.upload(file, name="export.xml")
    for _ in range(KILLS):
        loop(environment, random.uniform(0.4 * usual, usual))
        as_if_minutes_passed(desk)
        assert desk.vitals() == []
        assert readings(desk) == {}
    assert loop(environment, None) == 0
    finished = desk.find(again.id)
    assert finished.state is State.PREVIEWED
    assert (finished.contents.counts, finished.troubles) == (
        undisturbed.contents.counts,
        undisturbed.troubles,
    )
    assert (desk.rows("import_items"), desk.rows("import_days")) == (2 * staged[0], 2 * staged[1])
    desk.keep(again.id)
    assert len(desk.vitals()) == 4_500
    assert len(readings(desk)["heart_rate"]) == 4_000
