"""An import of more recordings than one answer may carry: her phone hears them all, broken off and gone on with."""

from __future__ import annotations

import io
import json
import random
import zipfile
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from backend.jobs import run_due
from backend.wearables.recordings import RECORDINGS
from mobile import sync
from mobile.account import KeptTokens, own_record
from mobile.asks import (
    Effect,
    KeepImport,
    LoadRecordings,
    LookImport,
    SignIn,
    SyncNow,
    UndoImport,
    UploadFile,
)
from mobile.client import Client
from mobile.effects import Effects
from mobile.events import ImportPreviewed, RecordingsLoaded, SignedIn, Synced
from mobile.send import MOST_ANSWERED, Reply, Request, over_http
from mobile.store.opening import Store
from shared.electrocardiograms import Classified, Electrocardiogram
from shared.ids import new_id
from shared.problems import Unreachable
from shared.sync import Word
from tests.cast import PASSWORD, Cast, email
from tests.fixtures.server import Server
from tests.mobile.phones import FakeDevice, close_stores, open_store

E = TypeVar("E")

BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
RECORDING = (
    'Name,"山田 花子"\nDate of Birth,"May 3, 1948"\nRecorded Date,{at:%Y-%m-%d %H:%M:%S} +0900\n'
    'Classification,Sinus Rhythm\nSymptoms,\nSoftware Version,1.90\nDevice,"Watch6,14"\nSample Rate,512 hertz\n\n\n'
    "Lead,Lead I\nUnit,µV\n\n{samples}\n"
)
MANY = 1_500


@dataclass
class BreakingAir:
    """The way to the server. ``loses``: whether the answer to a pull is lost; ``pages`` are those that arrived."""

    loses: Callable[[], bool] = lambda: False
    send: Callable[[Request], Reply] = field(default_factory=over_http)
    pages: list[bytes] = field(default_factory=list)
    lost: int = 0

    def __call__(self, request: Request) -> Reply:
        reply = self.send(request)
        if urlsplit(request.url).path.endswith("/sync/pull"):
            if self.loses():
                self.lost += 1
                raise Unreachable("server_unreachable")
            self.pages.append(reply.body)
        return reply

    def heard(self, word: Word) -> list[str]:
        """The ids of this word, as often as they came."""
        found = [each for page in self.pages for each in json.loads(page)["changes"]]
        return [each["id"] for each in found if each["word"] == word]


@dataclass
class Phone:
    """Hanako's phone: everything real but the device under it."""

    air: BreakingAir
    effects: Effects

    @property
    def store(self) -> Store:
        return self.effects.phone.store

    def does(self, effect: Effect, answer: type[E]) -> E:
        """Run ``effect``; its answer of that class. Any other answer fails the test with what it was."""
        events = self.effects.run(effect)
        found = [event for event in events if isinstance(event, answer)]
        assert found, events
        return found[0]

    def hears(self, most: sync.Most) -> int:
        """Sync with an answer of this size at most, again after each break; how often it took."""
        for tries in range(1, 200):
            try:
                sync.hear(self.store, self.effects.phone.client, own_record(self.store), most)
            except Unreachable:
                continue
            return tries
        raise AssertionError("the way never let everything through")

    def hearts(self) -> set[UUID]:
        """The electrocardiograms that she is shown."""
        return {each.id for each in self.does(LoadRecordings(), RecordingsLoaded).hearts}


@pytest.fixture
def phone(server: Server, tmp_path: Path) -> Iterator[Phone]:
    air, device = BreakingAir(), FakeDevice(tmp_path)
    store = open_store(tmp_path / "phone.db", device.key())
    made = Phone(air, Effects(store, Client(air, server.url, store.device, KeptTokens(store)), device))
    made.does(SignIn(email("hanako"), PASSWORD), SignedIn)
    yield made
    close_stores()


def export(many: int) -> bytes:
    """A zip as her watch's phone makes it, with so many short recordings."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zipped:
        zipped.writestr(
            "apple_health_export/export.xml",
            '<?xml version="1.0"?>\n<HealthData locale="ja_JP">\n</HealthData>\n',
        )
        for nth in range(many):
            samples = "\n".join(f"{(nth * 7 + n * 13) % 900}.{n % 10}" for n in range(24))
            text = RECORDING.format(at=BEGAN + timedelta(hours=nth), samples=samples)
            zipped.writestr(f"apple_health_export/electrocardiograms/ecg_{nth:05}.csv", text)
    return packed.getvalue()


def test_an_import_of_many_is_heard_whole_though_the_way_breaks_and_undone(
    phone: Phone, cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "書き出したデータ.zip"
    file.write_bytes(export(MANY))
    seen = phone.does(UploadFile(file.name, file), ImportPreviewed).state
    run_due(cast.house)
    seen = phone.does(LookImport(seen.id), ImportPreviewed).state
    assert (seen.state, seen.new) == ("previewed", MANY)
    phone.does(KeepImport(seen.id), ImportPreviewed)

    phone.air.pages.clear()
    chance = random.Random(3)
    phone.air.loses = lambda: chance.random() < 0.3
    most = sync.Most(changes=200, bytes=60_000)
    assert phone.hears(most) == phone.air.lost + 1 > 3
    assert len(phone.air.pages) > MANY // 200
    assert all(len(page) <= most.bytes for page in phone.air.pages)
    heard = phone.air.heard(Word.ELECTROCARDIOGRAM)
    assert len(heard) == len(set(heard)) == MANY, "what reached her phone is not sent again"
    assert phone.hearts() == set(map(UUID, heard))

    phone.air.loses = lambda: False
    phone.does(UndoImport(seen.id), ImportPreviewed)
    phone.does(SyncNow(), Synced)
    assert phone.hearts() == set()
    phone.air.pages.clear()
    phone.does(SyncNow(), Synced)
    assert phone.air.heard(Word.ELECTROCARDIOGRAM) == [], "it goes on after all of it"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_more_than_any_answer_may_carry_reaches_her_phone(phone: Phone, cast: Cast) -> None:
    # 30 seconds at 512 Hz of noise, which cannot be packed smaller: 53 kB each.
    samples = array("i", random.Random(5).choices(range(-500_000, 500_000), k=15_360))
    hearts = [
        Electrocardiogram(
            *(new_id(), BEGAN + timedelta(hours=nth), 540),
            *(Classified.SINUS_RHYTHM, Decimal(512), samples),
        )
        for nth in range(1_300)
    ]
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        RECORDINGS.keep_many(record, [(each, str(each.id)) for each in hearts], new_id())
    phone.air.pages.clear()
    phone.does(SyncNow(), Synced)
    assert sum(map(len, phone.air.pages)) > MOST_ANSWERED
    assert max(map(len, phone.air.pages)) <= sync.Most().bytes
    assert phone.hearts() == {each.id for each in hearts}
    assert sum(page.count(b'"electrocardiogram"') for page in phone.air.pages) == len(hearts), "each once"
