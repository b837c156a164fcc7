"""How far a large file is: percent, things taken out, days, rate; told while the job reads, and right at the end."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from backend.imports import reading
from backend.imports.gathering import Desk as ReadingDesk
from backend.imports.gathering import Gathering
from backend.imports.inbox import SMALL, Progress, State
from backend.imports.tables import ImportRow
from backend.jobs import run_due
from shared import clock
from shared.ids import new_id
from tests.backend.imports.desk import Desk, sample
from tests.backend.imports.test_api import Phone, _key, hanako, path  # noqa: F401
from tests.backend.imports.test_reading import _many, weights

LARGE = weights(24_000)


class Onlooker(logging.Handler):
    """Somebody who looks how far an import is whenever the job says that it went on: she sees what was said before."""

    def __init__(self, desk: Desk, import_id: UUID) -> None:
        super().__init__(logging.INFO)
        self.desk, self.import_id = desk, import_id
        self.seen: list[Progress] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look, over a connection of her own."""
        with self.desk.house.database.transaction(writes=False) as session:
            row = session.get_one(ImportRow, (self.desk.cast.record, self.import_id))
            self.seen.append(Progress(row.percent, row.readings, row.days))


@pytest.fixture
def job_log() -> Iterator[logging.Logger]:
    """The log of the job that reads, listened to for the length of a test."""
    log = logging.getLogger("backend.imports.reading")
    handlers, level = list(log.handlers), log.level
    log.setLevel(logging.INFO)
    yield log
    log.handlers[:] = handlers
    log.setLevel(level)


def test_a_large_file_tells_how_far_it_is_while_it_is_read(desk: Desk, job_log: logging.Logger) -> None:
    handed = desk.upload(LARGE)
    assert handed.bytes > SMALL
    onlooker = Onlooker(desk, handed.id)
    job_log.addHandler(onlooker)
    run_due(desk.house)
    told = onlooker.seen[1:]  # the first look is before the job began
    assert len(told) > 3
    assert [each.percent for each in told] == sorted(each.percent for each in told)
    assert [each.readings for each in told] == sorted(each.readings for each in told)
    assert 0 < told[1].percent < 100
    assert 0 < told[1].readings < 24_000
    assert 0 < told[1].days <= told[1].readings
    done = desk.find(handed.id)
    assert (done.progress.percent, done.progress.readings, done.progress.days) == (100, 24_000, 12_000)
    assert done.state is State.PREVIEWED


def test_the_rate_is_what_was_taken_out_in_the_time_that_passed(desk: Desk) -> None:
    handed = desk.upload(LARGE)
    began = clock.now()
    with desk.record() as record:
        row = reading.row_of(record.session, record.id, handed.id)
        with clock.held(began + timedelta(seconds=4)):
            reading._note(row, Progress(50, 10_000, 100), began)
    assert desk.find(handed.id).progress == Progress(50, 10_000, 100, 2_500)


def test_device_readings_count_each_and_days_once(desk: Desk) -> None:
    handed = desk.hand_in(_many(9_000))
    assert (handed.progress.readings, handed.progress.days) == (9_000, 10)  # days of UTC


def test_a_small_file_is_at_its_end_at_once(desk: Desk) -> None:
    handed = desk.hand_in(sample("apple_health/hanako_2026.xml"))
    assert handed.progress.percent == 100
    assert handed.progress.readings > 0


def test_two_large_files_are_read_each_with_its_own_progress(desk: Desk) -> None:
    one, two = desk.upload(LARGE), desk.upload(_many(9_000))
    run_due(desk.house)
    assert desk.find(one.id).progress.readings == 24_000
    assert desk.find(two.id).progress.readings == 9_000


def test_a_file_read_again_begins_at_nothing(desk: Desk) -> None:
    gathering = Gathering(_quiet(desk), new_id())
    assert gathering.progress(0) == Progress()


def _quiet(desk: Desk) -> ReadingDesk:
    with desk.record() as record:
        opened = record
    transaction = desk.house.database.transaction
    return ReadingDesk(opened, transaction, transaction, lambda _: None)


def test_the_door_tells_it(hanako: Phone, path: str, desk: Desk) -> None:  # noqa: F811
    key = _key()
    told = hanako.send(path, LARGE, headers=key).get_json()
    assert (told["state"], told["progress"]) == (
        "waiting",
        {"percent": 0, "readings": 0, "days": 0, "rate": 0},
    )
    run_due(desk.house)
    told = hanako.get(f"{path}/{told['id']}").get_json()
    assert (told["progress"]["percent"], told["progress"]["readings"]) == (100, 24_000)
    assert told["progress"]["rate"] > 0
    assert told["percent"] == 100


def test_the_job_says_it_in_its_log_without_a_value(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "backend.imports.reading")
    handed = desk.upload(LARGE)
    run_due(desk.house)
    lines = [record.getMessage() for record in caplog.records if str(handed.id) in record.getMessage()]
    assert len(lines) > 3
    assert "100 %, 24000 readings of 12000 days" in lines[-1]
