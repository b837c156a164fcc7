from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backend import jobs
from backend.house import House
from backend.jobs import CLAIM, MOST_TRIES, Behalf, ClaimLost, Job, JobRow, put, run_due, run_forever
from shared import clock
from shared.consent import Purpose
from shared.ids import new_id
from shared.problems import Invalid
from tests.cast import Cast

DONE: list[Job] = []
GIVEN_UP: list[Job] = []


@jobs.job("tests.jobs.note")
def _note(_: Any, job: Job) -> None:
    DONE.append(job)


@jobs.job("tests.jobs.break", given_up=lambda _, job: GIVEN_UP.append(job))
def _break(_: Any, job: Job) -> None:
    DONE.append(job)
    raise Invalid("value_impossible", label="血圧", value="999 of Hanako")


@pytest.fixture(autouse=True)
def _nothing_done() -> None:
    DONE.clear()
    GIVEN_UP.clear()


@pytest.fixture
def behalf(cast: Cast) -> Behalf:
    return Behalf(cast.hanako.viewer, Purpose.OWN)


def _left(house: House) -> list[JobRow]:
    with house.database.transaction(writes=False) as session:
        return list(session.scalars(select(JobRow)))


def test_a_job_runs_once_after_the_commit_on_whose_behalf_it_says(house: House, behalf: Behalf) -> None:
    about = new_id()
    with house.database.transaction() as session:
        put(session, "tests.jobs.note", behalf, import_id=about)
    assert run_due(house) == 1
    assert (DONE[0].ids, DONE[0].behalf) == ({"import_id": about}, behalf)
    assert run_due(house) == 0
    assert _left(house) == []


def test_a_job_of_a_transaction_that_failed_never_was(house: House, behalf: Behalf) -> None:
    def fail() -> None:
        with house.database.transaction() as session:
            put(session, "tests.jobs.note", behalf)
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        fail()
    assert run_due(house) == 0


def test_a_job_waits_for_its_time(house: House, behalf: Behalf) -> None:
    later = clock.now() + timedelta(hours=1)
    with house.database.transaction() as session:
        put(session, "tests.jobs.note", behalf, run_after=later)
    assert run_due(house) == 0
    with clock.held(later):
        assert run_due(house) == 1


def test_a_job_that_fails_is_tried_again_later_and_given_up_loudly(
    house: House, behalf: Behalf, caplog: pytest.LogCaptureFixture
) -> None:
    with house.database.transaction() as session:
        put(session, "tests.jobs.break", behalf)
        put(session, "tests.jobs.note", behalf)
    now = clock.now()
    with clock.held(now):
        assert run_due(house) == 2  # the one that fails does not stop the other
        assert run_due(house) == 0
    for number in range(1, MOST_TRIES):
        with clock.held(now + timedelta(hours=2 * number)):
            assert run_due(house) == 1
    [row] = _left(house)
    assert (row.state, row.tries) == ("failed", MOST_TRIES)
    assert row.error is not None
    assert row.error.startswith("Invalid(value_impossible) at _break:")
    assert len(GIVEN_UP) == 1
    assert caplog.records[-1].levelno == logging.ERROR
    assert "Hanako" not in caplog.text + row.error
    with clock.held(now + timedelta(days=2)):
        assert run_due(house) == 0


def test_a_claim_of_a_worker_that_died_runs_out(house: House, behalf: Behalf) -> None:
    with house.database.transaction() as session:
        put(session, "tests.jobs.note", behalf)
    dead = jobs._claim(house.database)
    assert dead is not None
    assert run_due(house) == 0
    with clock.held(clock.now() + CLAIM + timedelta(seconds=1)):
        assert run_due(house) == 1
    with pytest.raises(ClaimLost):
        dead.renew()


def test_a_worker_whose_job_was_taken_over_is_told_so(house: House, behalf: Behalf) -> None:
    with house.database.transaction() as session:
        put(session, "tests.jobs.note", behalf)
    slow = jobs._claim(house.database)
    assert slow is not None
    with clock.held(clock.now() + 2 * CLAIM):
        other = jobs._claim(house.database)
        assert other is not None
        with pytest.raises(ClaimLost):
            slow.renew()
        other.renew()


def test_a_worker_that_goes_on_keeps_its_claim(house: House, behalf: Behalf) -> None:
    with house.database.transaction() as session:
        put(session, "tests.jobs.note", behalf)
    alive = jobs._claim(house.database)
    assert alive is not None
    with clock.held(clock.now() + CLAIM):
        alive.renew()
    with clock.held(clock.now() + CLAIM + timedelta(seconds=1)):
        assert run_due(house) == 0


def test_a_job_whose_worker_dies_every_time_is_given_up(house: House, behalf: Behalf) -> None:
    with house.database.transaction() as session:
        put(session, "tests.jobs.break", behalf)
    now = clock.now()
    for number in range(MOST_TRIES):
        with clock.held(now + number * 2 * CLAIM):
            assert jobs._claim(house.database) is not None
    with clock.held(now + MOST_TRIES * 2 * CLAIM):
        run_due(house)
    assert DONE == []
    assert len(GIVEN_UP) == 1
    assert _left(house)[0].state == "failed"


def test_a_job_nobody_knows_is_not_lost(house: House, behalf: Behalf) -> None:
    with house.database.transaction() as session:
        put(session, "imports.no_such_file.deed", behalf)
    run_due(house)
    assert _left(house)[0].state == "waiting"


def test_two_workers_never_take_the_same_job(house: House, behalf: Behalf) -> None:
    with house.database.transaction() as session:
        wanted = {put(session, "tests.jobs.note", behalf) for _ in range(20)}
    taken: list[UUID] = []

    def work() -> None:
        while (job := jobs._claim(house.database)) is not None:
            taken.append(job.id)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == sorted(wanted)


def test_the_loop_works_until_it_is_stopped(house: House, behalf: Behalf) -> None:
    stop = threading.Event()
    loop = threading.Thread(target=run_forever, args=(house, stop))
    loop.start()
    with house.database.transaction() as session:
        put(session, "tests.jobs.note", behalf)
    for _ in range(600):
        if DONE and not _left(house):
            break
        stop.wait(0.05)
    stop.set()
    loop.join()
    assert len(DONE) == 1
