"""What a doctor sees of a file that is being read: how far it is, on the page of watches and sensors, and no more."""

from __future__ import annotations

from flask import Flask

from backend import jobs
from backend.imports.inbox import State
from backend.jobs import run_due
from shared import clock
from shared.consent import Scope
from tests.backend.imports.desk import Desk
from tests.backend.imports.test_reading import damaged, weights
from tests.backend.worklist.doctors import signed_in
from tests.cast import RECORD

PAGE = f"/records/{RECORD}/wearables"


def test_a_doctor_sees_how_far_a_devices_file_is_and_not_its_name(app: Flask, desk: Desk) -> None:
    desk.cast.lets_in(desk.cast.sato, Scope.WEARABLES)
    doctor = signed_in(app, "sato")
    assert "読み取っています" not in doctor.shown(PAGE)
    handed = desk.upload(weights(8_000), name="花子のひみつ.xml")
    with damaged(desk, 1):  # the job breaks off in the middle, and the page is asked for before its next try
        run_due(desk.house)
        half = desk.find(handed.id)
        assert half.state is State.READING
        middle = doctor.shown(PAGE)
    assert "いま機器のファイルを読み取っています" in middle
    assert f"<b>{half.percent}%</b>" in middle
    assert f"{half.progress.readings:,}件・" in middle
    assert "ひみつ" not in middle
    with clock.held(clock.now() + jobs.LONGEST_WAIT):
        run_due(desk.house)
    assert desk.find(handed.id).state is State.PREVIEWED
    assert "読み取っています" not in doctor.shown(PAGE)
