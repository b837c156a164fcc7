"""What a doctor sees of a file that is being read: how far it is, on the page of watches and sensors, and no more."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from flask import Flask

from backend.imports.inbox import State
from backend.jobs import run_due
from shared.consent import Scope
from tests.backend.imports.desk import Desk
from tests.backend.imports.test_reading import _weights
from tests.backend.worklist.doctors import Browser, signed_in
from tests.cast import RECORD

PAGE = f"/records/{RECORD}/wearables"


class Doctor(logging.Handler):
    """A doctor who opens the page whenever the job says that it went on."""

    def __init__(self, browser: Browser) -> None:
        super().__init__(logging.INFO)
        self.browser = browser
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look."""
        self.seen.append(self.browser.shown(PAGE))


@pytest.fixture
def job_log() -> Iterator[logging.Logger]:
    log = logging.getLogger("backend.imports.reading")
    handlers, level = list(log.handlers), log.level
    log.setLevel(logging.INFO)
    yield log
    log.handlers[:] = handlers
    log.setLevel(level)


def test_a_doctor_sees_how_far_a_devices_file_is_and_not_its_name(
    app: Flask, desk: Desk, job_log: logging.Logger
) -> None:
    desk.cast.lets_in(desk.cast.sato, Scope.WEARABLES)
    handed = desk.upload(_weights(24_000), name="花子のひみつ.xml")
    doctor = Doctor(signed_in(app, "sato"))
    job_log.addHandler(doctor)
    run_due(desk.house)
    assert len(doctor.seen) > 4
    middle = doctor.seen[len(doctor.seen) // 2]
    assert "いま機器のファイルを読み取っています" in middle
    assert "件・" in middle
    assert "ひみつ" not in middle
    after = doctor.browser.shown(PAGE)
    assert desk.find(handed.id).state is State.PREVIEWED
    assert "読み取っています" not in after
