"""The journey of a file that asks and of a large one: the real phone, over real HTTP, with a way that breaks off."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from backend.imports.originals import PIECE_BYTES
from backend.jobs import run_due
from mobile.account import KeptTokens, own_record
from mobile.asks import (
    AnswerImport,
    Effect,
    ForgetAnswer,
    KeepImport,
    ListAnswers,
    LookImport,
    OpenStore,
    SignUp,
    SyncNow,
    UploadFile,
)
from mobile.client import Client
from mobile.effects import Effects
from mobile.events import AnswersRemembered, ImportPreviewed, OpenedStore, SignedIn, Synced, SyncFailed
from mobile.screens.import_file import questions
from mobile.seen import ImportState, Person
from mobile.send import Reply, Request, over_http
from mobile.store import originals
from mobile.uploading import PART_BYTES
from shared.problems import Unreachable
from tests.cast import PASSWORD, Cast
from tests.fixtures.server import Server
from tests.mobile.phones import FakeDevice, close_stores, open_store
from tests.together.breaking_wire import wire_to

E = TypeVar("E")

LIBRE = (
    "患者レポート,05-03-2026 10:00 UTC,作成者,海野 花子\n"
    "Device,Serial Number,Device Timestamp,Record Type,Historic Glucose mg/dL,Scan Glucose mg/dL\n"
    "FreeStyle LibreLink,AAA-1,04-03-2026 08:{minute:02d},0,{value},\n"
)
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="ja_JP">\n'
RATE = (
    ' <Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" unit="count/min" '
    'startDate="{at}" endDate="{at}" value="{value}"/>\n'
)


@dataclass
class BreakingAir:
    """A way to the server on which some requests and some answers are lost, decided by ``chance``."""

    chance: Callable[[], float]
    loses: float = 0.0
    send: Callable[[Request], Reply] = field(default_factory=over_http)
    sizes: list[int] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        if self.chance() < self.loses:
            raise Unreachable("server_unreachable")
        self.sizes.append(len(request.body))
        reply = self.send(request)
        if self.chance() < self.loses:
            raise Unreachable("server_unreachable")
        return reply


@dataclass
class Phone:
    """Hanako's phone: everything real but the device under it."""

    air: BreakingAir
    effects: Effects

    def does(self, effect: Effect, answer: type[E]) -> E:
        """Run ``effect``; its answer of that class. Any other answer fails the test with what it was."""
        events = self.effects.run(effect)
        found = [event for event in events if isinstance(event, answer)]
        assert found, events
        return found[0]

    def seen(self, effect: Effect) -> ImportState:
        return self.does(effect, ImportPreviewed).state


def started(server: Server, folder: Path, air: BreakingAir) -> Phone:
    """The app as it starts: what an earlier start left is in its store."""
    device = FakeDevice(folder)
    store = open_store(folder / "phone.db", device.key())
    return Phone(air, Effects(store, Client(air, server.url, store.device, KeptTokens(store)), device))


@pytest.fixture
def phone(server: Server, tmp_path: Path) -> Iterator[Phone]:
    made = started(server, tmp_path, BreakingAir(random.Random(4).random))
    person = Person("海野 花子", date(1948, 4, 12), "ウミノ ハナコ", "female")
    made.does(SignUp("umino@example.jp", PASSWORD, person), SignedIn)
    yield made
    close_stores()


def file(tmp_path: Path, name: str, content: bytes) -> UploadFile:
    path = tmp_path / name
    path.write_bytes(content)
    return UploadFile(name, path)


def test_a_file_asks_once_and_the_second_does_not(phone: Phone, tmp_path: Path) -> None:
    one, two = (LIBRE.format(minute=n, value=100 + n).encode() for n in (0, 15))
    first = phone.seen(file(tmp_path, "one.csv", one))
    assert first.state == "asking"
    assert first.question is not None
    assert (first.question.ask, first.question.samples) == ("day_order", ("04-03-2026 08:00",))
    assert questions.order_options(first.question) == [
        ("month_first", "4 月 3 日"),
        ("day_first", "3 月 4 日"),
    ]
    then = phone.seen(AnswerImport(first.id, day_order="day_first"))
    assert then.question is not None
    assert (then.question.ask, then.question.zone) == ("zone", "Asia/Tokyo")
    read = phone.seen(AnswerImport(first.id, zone="Asia/Tokyo"))
    assert (read.state, read.new, read.question) == ("previewed", 1, None)
    assert [answer.remembered for answer in read.answered] == [False]
    assert phone.seen(KeepImport(first.id)).state == "kept"
    second = phone.seen(file(tmp_path, "two.csv", two))
    assert (second.state, second.new) == ("previewed", 1)
    (answer,) = second.answered
    assert (answer.zone, answer.day_order, answer.remembered) == ("Asia/Tokyo", "day_first", True)
    assert "日本の時刻" in questions.answer_lines(answer)[0]
    (known,) = phone.does(ListAnswers(), AnswersRemembered).answers
    assert (known.of, known.zone, known.day_order) == ("libreview", "Asia/Tokyo", "day_first")
    assert phone.does(ForgetAnswer("libreview"), AnswersRemembered).answers == ()
    third = phone.seen(
        file(tmp_path, "three.csv", two + b"FreeStyle LibreLink,AAA-1,04-03-2026 09:00,0,99,\n")
    )
    assert third.state == "asking"


SHEET = "測定日,最高,最低,ひとこと\n2026/3/{day},128,76,よく眠れた\n"


def test_a_sheet_is_asked_for_its_columns_and_the_next_one_is_not(phone: Phone, tmp_path: Path) -> None:
    first = phone.seen(file(tmp_path, "血圧.csv", SHEET.format(day=14).encode("cp932")))
    asked = first.question
    assert asked is not None
    assert (asked.ask, asked.header) == ("columns", ("測定日", "最高", "最低", "ひとこと"))
    assert asked.rows[0][:2] == ("2026/3/14", "128")
    assert {"date", "systolic", "diastolic"} <= {name for name, _ in asked.meanings}
    columns = ("date", "systolic", "diastolic", "")
    seen = phone.seen(AnswerImport(first.id, key=asked.key, columns=columns))
    for _ in range(2):
        if seen.question is not None:
            assert seen.question.ask == "zone"
            seen = phone.seen(AnswerImport(first.id, zone="Asia/Tokyo"))
    assert (seen.state, seen.new) == ("previewed", 1)
    second = phone.seen(file(tmp_path, "血圧2.csv", SHEET.format(day=15).encode()))
    assert (second.state, second.new) == ("previewed", 1)
    (answer,) = second.answered
    assert (answer.of, answer.remembered, answer.sheets > 0) == ("sheet", True, True)


def test_a_large_file_arrives_whole_however_often_the_way_breaks(
    phone: Phone, cast: Cast, tmp_path: Path
) -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    times = [f"{began + timedelta(minutes=n):%Y-%m-%d %H:%M:%S} +0000" for n in range(50_000)]
    rows = [RATE.format(at=at, value=50 + n % 90) for n, at in enumerate(times)]
    large = HEAD + "".join(rows).encode() + b"</HealthData>\n"
    assert len(large) > 2 * PART_BYTES
    phone.air.loses = 0.4
    seen = phone.seen(file(tmp_path, "export.xml", large))
    for _ in range(60):
        if seen.state != "unsent":
            break
        seen = phone.seen(LookImport(seen.id))
    phone.air.loses = 0.0
    assert max(phone.air.sizes) == PART_BYTES
    assert phone.seen(LookImport(seen.id)).state == "waiting"
    run_due(cast.house)
    seen = phone.seen(LookImport(seen.id))
    assert (seen.state, seen.size, seen.percent) == ("previewed", len(large), 100)
    assert (seen.readings, seen.new, seen.days) == (50_000, 50_000, 35)
    phone.does(SyncNow(), Synced)


def test_a_large_file_goes_on_after_the_app_was_killed(phone: Phone, server: Server, tmp_path: Path) -> None:
    large = random.Random(7).randbytes(2 * PART_BYTES + 99)
    seen = phone.seen(file(tmp_path, "unknown.bin", large))
    assert (seen.state, seen.sending, seen.percent) == ("unsent", True, 49)
    phone.air.loses = 1.0
    assert phone.seen(LookImport(seen.id)).sending is False
    phone.does(SyncNow(), SyncFailed)
    phone.effects.phone.store.close()
    phone.air.loses, phone.air.sizes = 0.0, []
    phone = started(server, tmp_path, phone.air)
    phone.does(OpenStore(), OpenedStore)
    phone.effects.phone.client.server = server.url  # the settings of this phone say the usual one
    phone.does(SyncNow(), Synced)
    assert sum(size for size in phone.air.sizes if size > 100_000) < len(large) - PART_BYTES + 1_000
    store = phone.effects.phone.store
    assert originals.waiting(store, own_record(store)) == []


def test_a_wire_that_tears_in_the_middle_of_a_part_loses_only_what_was_under_way(
    phone: Phone, server: Server, tmp_path: Path
) -> None:
    large = random.Random(9).randbytes(3 * PART_BYTES + 4_321)
    with wire_to(server.url) as wire:
        phone.effects.phone.client.server = wire.url
        phone.air.send = over_http()  # no connection is left from before
        wire.cuts = [1_500_000, 3 * PIECE_BYTES + 1_017, 900_000, 4_000_000, 2_200_000]
        seen = phone.seen(file(tmp_path, "unknown.bin", large))
        kept = []
        for _ in range(20):
            if seen.state != "unsent":
                break
            kept.append(seen.percent)
            seen = phone.seen(LookImport(seen.id))
        assert wire.torn == 5
        assert seen.state == "waiting"
        assert (seen.size, kept) == (len(large), sorted(kept))
        # Each time the wire tears, no more than the part under way is sent again, and once more where the server
        # was still writing what had come of it when it was asked how far it is.
        assert wire.sent < len(large) + 2 * 5 * PART_BYTES


def test_an_answer_that_is_lost_is_asked_for_and_nothing_is_sent_twice(
    phone: Phone, server: Server, tmp_path: Path
) -> None:
    large = random.Random(11).randbytes(2 * PART_BYTES + 7)
    with wire_to(server.url) as wire:
        phone.effects.phone.client.server = wire.url
        phone.air.send = over_http()
        wire.loses_answers = 1
        seen = phone.seen(file(tmp_path, "unknown.bin", large))
        assert (wire.torn, seen.state) == (1, "unsent")
        assert seen.percent >= 49, "the part had arrived, only its answer had not"
        wire.loses_answers = 1
        for _ in range(5):
            if seen.state != "unsent":
                break
            seen = phone.seen(LookImport(seen.id))
        assert (wire.torn, seen.state, seen.size) == (2, "waiting", len(large))
        assert wire.sent < len(large) + 200_000
