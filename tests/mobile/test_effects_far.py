"""The deeds that need the network or the device: files, sharing; and the workers that do them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mobile.account import own_record
from mobile.asks import (
    FindPractitioners,
    GiveGrant,
    KeepImport,
    ListImports,
    LoadShared,
    LookImport,
    OpenShared,
    PickFile,
    SaveVital,
    ScanCamera,
    ScanPicture,
    SignIn,
    SyncNow,
    UndoImport,
    UploadFile,
    UploadImport,
    WriteText,
)
from mobile.effects import RETRY_FIRST, RETRY_MOST, SYNC_EVERY
from mobile.events import (
    CodesScanned,
    Event,
    Failed,
    FilePicked,
    ImportPreviewed,
    Imports,
    Practitioners,
    RecordsShared,
    Saved,
    SharedRecord,
    Synced,
    SyncFailed,
    TextWritten,
)
from mobile.store import originals
from shared.consent import Scope
from shared.ids import new_id
from shared.languages import speak
from tests.mobile.model_server import LossyWay, ModelServer
from tests.mobile.phones import MORNING, Handset, handset, pressure, sign_up

EMAIL, PASSWORD = "hanako@example.jp", "さざ波と みかん畑と 猫のたま"


@pytest.fixture
def server() -> ModelServer:
    return ModelServer()


@pytest.fixture
def way(server: ModelServer) -> LossyWay:
    return LossyWay(server)


@pytest.fixture
def phone(tmp_path: Path, way: LossyWay) -> Iterator[Handset]:
    one = handset(tmp_path, way)
    yield one
    one.store.close()
    speak("ja")


@pytest.fixture
def hanako(phone: Handset) -> Handset:
    sign_up(phone)
    return phone


def only(events: list[Event]) -> Event:
    assert len(events) == 1, events
    return events[0]


# ---- files -----------------------------------------------------------------------------------------------------------


def test_scanned_codes_wait_for_the_network_and_are_sent_once(
    hanako: Handset, way: LossyWay, server: ModelServer
) -> None:
    way.offline = True
    waiting = only(hanako.does(UploadImport("お薬手帳", (b"JAHISTC08,1\r\n", b"\x8e\x52"))))
    assert isinstance(waiting, ImportPreviewed)
    assert (waiting.state.state, waiting.state.size) == ("unsent", 15)
    listed = hanako.does(ListImports())
    assert listed[0] == Imports((waiting.state,))
    assert isinstance(listed[1], Failed)
    way.offline = False
    way.fates = [
        "lost_after"
    ]  # nothing is to be told, so the first request is the upload: its answer is lost
    hanako.does(SyncNow(), SyncNow())
    (record,) = server.records.values()
    assert list(record.imports) == [str(waiting.state.id)]
    assert originals.waiting(hanako.store, own_record(hanako.store)) == []
    uploads = [
        body for request, body in zip(server.seen, server.bodies, strict=True) if "/imports?" in request.url
    ]
    assert all(body.count(b'name="part"') == 2 and b"\x8e\x52" in body for body in uploads)
    assert len(uploads) == 2


def test_a_file_is_previewed_kept_and_undone(hanako: Handset, tmp_path: Path, server: ModelServer) -> None:
    file = tmp_path / "書き出したデータ.zip"
    file.write_bytes(b"PK" * 1_000_000)
    hanako.device.picked = file
    assert hanako.does(PickFile()) == [FilePicked(file.name, file, 2_000_000)]
    shown = only(hanako.does(UploadFile(file.name, file)))
    assert isinstance(shown, ImportPreviewed)
    assert (shown.state.state, shown.state.name) == ("previewed", file.name)
    assert server.bodies[-1] == file.read_bytes()
    states = [
        event.state.state
        for event in hanako.does(
            KeepImport(shown.state.id), UndoImport(shown.state.id), LookImport(shown.state.id)
        )
        if isinstance(event, ImportPreviewed)
    ]
    assert states == ["kept", "undone", "undone"]
    gone = only(hanako.does(UploadFile("x", tmp_path / "gone")))
    assert isinstance(gone, Failed)
    assert gone.code == "file_gone"


def test_what_the_device_does(hanako: Handset, tmp_path: Path) -> None:
    picture = tmp_path / "code.png"
    picture.write_bytes(b"png")
    hanako.device.codes = (b"\x8e\x52",)
    hanako.device.written = "ひざが痛い"
    gone = only(hanako.does(ScanPicture(tmp_path / "gone.png")))
    assert isinstance(gone, Failed)
    assert gone.code == "file_gone"
    assert hanako.does(ScanCamera(), ScanPicture(picture)) == [CodesScanned((b"\x8e\x52",))] * 2
    assert hanako.does(WriteText("note", "メモ")) == [TextWritten("note", "ひざが痛い")]
    assert hanako.does(PickFile()) == [FilePicked("", None)]


# ---- sharing ---------------------------------------------------------------------------------------------------------


def test_practitioners_are_found(hanako: Handset) -> None:
    found = only(hanako.does(FindPractitioners("佐藤")))
    assert isinstance(found, Practitioners)
    assert (found.name, found.found[0].facility) == ("佐藤", "診療所")


def test_a_grant_asked_for_again_has_the_same_id(hanako: Handset, way: LossyWay, server: ModelServer) -> None:
    give = GiveGrant(new_id(), frozenset({Scope.VITALS}), 90)
    way.fates = ["lost_after"]
    hanako.does(give)
    hanako.does(give)
    hanako.does(give)
    sent = [
        body.split(b'"id":"')[1][:36]
        for request, body in zip(server.seen, server.bodies, strict=True)
        if request.url.endswith("/grants")
    ]
    assert len(sent) == 3
    assert sent[0] == sent[1] != sent[2]  # an answer, even a refusal, ends the question


def test_a_doctor_sees_what_is_shared_and_for_72_hours_without_a_network(
    tmp_path: Path, hanako: Handset, server: ModelServer
) -> None:
    hanako.does(SaveVital(pressure(128, 78)), SyncNow())
    record_id = own_record(hanako.store)
    account = server.sign_up("sato@example.jp", "practitioner")
    server.shared[account] = {str(record_id)}
    way = LossyWay(server)
    doctor = handset(tmp_path, way, name="doctor")
    doctor.does(SignIn("sato@example.jp", "p"))
    people = only(doctor.does(LoadShared()))
    assert isinstance(people, RecordsShared)
    assert (people.people[0].name, people.people[0].age) == ("山田 花子", 78)
    opened = only(doctor.does(OpenShared(record_id)))
    assert isinstance(opened, SharedRecord)
    assert [each.vital.pressure.systolic for each in opened.pressures] == [128]
    way.offline = True
    doctor.clock.turn(hours=71)
    later = only(doctor.does(OpenShared(record_id)))
    assert isinstance(later, SharedRecord)
    assert later.heard_at == opened.heard_at == MORNING
    doctor.clock.turn(hours=2)
    over = only(doctor.does(OpenShared(record_id)))
    assert isinstance(over, Failed)
    assert doctor.does(LoadShared()) == [RecordsShared(())]
    way.offline = False
    assert isinstance(only(doctor.does(OpenShared(record_id))), SharedRecord)
    server.shared.clear()
    ended = only(doctor.does(OpenShared(record_id)))
    assert isinstance(ended, Failed)
    assert ended.code == "not_there"
    assert doctor.does(LoadShared()) == [RecordsShared(())]
    assert doctor.store.known_records() == []
    doctor.store.close()


# ---- workers ---------------------------------------------------------------------------------------------------------


def test_saving_does_not_wait_for_the_network_and_syncs_by_itself(hanako: Handset, way: LossyWay) -> None:
    events: list[Event] = []
    told, on_the_wire, go_on = threading.Event(), threading.Event(), threading.Event()

    def deliver(event: Event) -> None:
        events.append(event)
        if isinstance(event, Synced) and event.untold == 0 and any(isinstance(e, Saved) for e in events):
            told.set()

    def slow(_: object) -> None:
        on_the_wire.set()
        assert go_on.wait(10)

    effects = hanako.effects
    effects._deliver = deliver
    way.during = slow
    effects.start()
    effects.ask(SyncNow())
    assert on_the_wire.wait(10)
    effects.ask(SaveVital(pressure(128, 78)))
    while not any(isinstance(event, Saved) for event in list(events)):
        assert not told.wait(0.01)
    assert not any(isinstance(event, Synced) for event in events)
    go_on.set()
    assert told.wait(10)
    effects.stop()


def test_a_defect_is_answered_and_the_worker_goes_on(
    hanako: Handset, caplog: pytest.LogCaptureFixture
) -> None:
    answered = threading.Event()
    events: list[Event] = []

    def deliver(event: Event) -> None:
        events.append(event)
        if len(events) == 2:
            answered.set()

    hanako.effects._deliver = deliver
    hanako.effects.start()
    hanako.effects.ask("not an effect")  # type: ignore[arg-type]
    hanako.effects.ask(FindPractitioners("佐藤"))
    assert answered.wait(10)
    hanako.effects.stop()
    assert isinstance(events[0], Failed)
    assert events[0].code == "unexpected"
    assert isinstance(events[1], Practitioners)
    assert "NotImplementedError" in caplog.text


def test_a_failed_sync_is_tried_again_ever_less_often(hanako: Handset) -> None:
    effects = hanako.effects
    assert effects._next_sync() == SYNC_EVERY
    waits = []
    for _ in range(12):
        effects._count_failures(SyncFailed("", "server_unreachable", 1))
        waits.append(effects._next_sync())
    assert waits[:3] == [RETRY_FIRST, RETRY_FIRST * 2, RETRY_FIRST * 4]
    assert waits[-1] == RETRY_MOST
    effects._count_failures(Synced(MORNING, 0))
    assert effects._next_sync() == SYNC_EVERY


def test_a_full_phone_says_so(hanako: Handset) -> None:
    pages = hanako.store.rows("PRAGMA page_count")[0][0]
    hanako.store.rows(f"PRAGMA max_page_count = {pages}")
    events = hanako.does(*(SaveVital(pressure(128, 78, note="長い" * 900)) for _ in range(9)))
    assert isinstance(events[-1], Failed)
    assert events[-1].code == "store_full"
    assert "もう一度保存" in events[-1].message


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_in_trouble_has_not_refused_the_file(
    hanako: Handset, server: ModelServer, status: int
) -> None:
    server.takes_no_files = status
    waiting = only(hanako.does(UploadImport("お薬手帳", (b"JAHISTC08,1\r\n", b"\x8e\x52"))))
    assert isinstance(waiting, ImportPreviewed)
    assert (waiting.state.state, waiting.state.problem) == ("unsent", "")
    assert isinstance(only(hanako.does(SyncNow())), Synced), "what else there is to hear is heard meanwhile"
    server.takes_no_files = None
    hanako.does(SyncNow())
    (record,) = server.records.values()
    assert list(record.imports) == [str(waiting.state.id)]
