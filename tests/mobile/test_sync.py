"""Telling and hearing over a way that loses, doubles and delays: all agree in the end, nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from mobile import sync
from mobile.account import own_record, resume
from mobile.asks import SignIn, SyncNow
from mobile.events import SyncFailed
from mobile.send import Request
from mobile.store import hearing, telling, things
from mobile.store.bodies import vital_body, vital_in
from mobile.store.opening import Reached
from mobile.store.things import Written
from shared.ids import new_id
from shared.problems import NotThere, Unreachable, Unreadable
from shared.sync import Change, Word
from tests.mobile.model_server import LossyWay, ModelServer, each_try
from tests.mobile.phones import MORNING, Handset, handset, pressure, sign_up

FATES = st.lists(st.sampled_from(["through", "lost_before", "lost_after", "twice", "echo"]), max_size=6)
# Many small stores: where there is a disk in memory, its syncs cost nothing.
MEMORY = Path("/dev/shm")
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
    sign_up(one)
    yield one
    one.store.close()


def note(phone: Handset, text: str, thing: UUID | None = None) -> UUID:
    """Note or correct a measurement with ``text`` beside it."""
    vital = pressure(128, 78, note=text)
    thing = thing or vital.id
    body = json.dumps({**json.loads(vital_body(vital)), "id": str(thing)})
    return things.note(phone.store, own_record(phone.store), Written(Word.VITAL, thing, body)).change.id


def shown(phone: Handset) -> dict[UUID, Change]:
    """What a phone shows, withdrawn things too, by id."""
    rows = phone.store.rows("SELECT id FROM things ORDER BY id")
    found = (things.find(phone.store, own_record(phone.store), Word.VITAL, UUID(str(row[0]))) for row in rows)
    return {each.change.id: each.change for each in found if each is not None}


def text_of(body: str | None) -> str | None:
    vital = None if body is None else vital_in(body)
    return None if vital is None else vital.note


class TwoPhones(RuleBasedStateMachine):
    """Two phones of one person and one server. Every text is unique, so that what is lost is seen to be lost."""

    noted = Bundle("noted")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.server = ModelServer()
        self.ways = [LossyWay(self.server), LossyWay(self.server)]
        self.phones: list[Handset] = []
        self.written: list[dict[UUID, list[str | None]]] = [{}, {}]
        self.count = 0

    @initialize()
    def both_are_hers(self) -> None:
        """She has two phones."""
        self.phones = [handset(self.folder, way, name=f"phone{n}") for n, way in enumerate(self.ways)]
        sign_up(self.phones[0], EMAIL)
        self.phones[1].does(SignIn(EMAIL, PASSWORD))

    def _wrote(self, n: int, thing: UUID, text: str | None) -> UUID:
        self.written[n].setdefault(thing, []).append(text)
        return thing

    def _text(self) -> str:
        self.count += 1
        return f"text {self.count}"

    @rule(target=noted, n=st.integers(0, 1))
    def notes(self, n: int) -> UUID:
        """A new measurement on one of them."""
        text = self._text()
        return self._wrote(n, note(self.phones[n], text), text)

    @rule(n=st.integers(0, 1), thing=noted)
    def corrects(self, n: int, thing: UUID) -> None:
        """A correction, where the phone knows the thing."""
        if thing in shown(self.phones[n]):
            text = self._text()
            self._wrote(n, note(self.phones[n], text, thing), text)

    @rule(n=st.integers(0, 1), thing=consumes(noted))
    def withdraws(self, n: int, thing: UUID) -> None:
        """Taken back, where the phone knows it."""
        if thing in shown(self.phones[n]):
            store = self.phones[n].store
            things.note(store, own_record(store), Written(Word.VITAL, thing, None))
            self._wrote(n, thing, None)

    @rule(n=st.integers(0, 1), hours=st.integers(-48, 48), ms=st.integers(0, 3))
    def clock_jumps(self, n: int, hours: int, ms: int) -> None:
        """Clocks are wrong, and set right, and equal by chance."""
        self.phones[n].clock.at = MORNING + timedelta(hours=hours // 24 * 24, milliseconds=ms)

    @rule(n=st.integers(0, 1), fates=FATES)
    def syncs(self, n: int, fates: list[str]) -> None:
        """A sync over a bad way, perhaps cut off in the middle."""
        self.ways[n].fates = fates
        with suppress(Unreachable):
            sync.sync(self.phones[n].store, self.phones[n].client)
        self.ways[n].fates = []

    @rule(n=st.integers(0, 1), thing=noted, fates=FATES)
    def corrects_while_it_syncs(self, n: int, thing: UUID, fates: list[str]) -> None:
        """An edit made while a push or pull is on the wire."""

        def edit(_: Request) -> None:
            if thing in shown(self.phones[n]):
                text = self._text()
                self._wrote(n, note(self.phones[n], text, thing), text)

        self.ways[n].during = edit
        self.syncs(n, fates)
        self.ways[n].during = None

    @rule(n=st.integers(0, 1))
    def starts_again(self, n: int) -> None:
        """The app is ended and started."""
        self.phones[n].store.close()
        at = self.phones[n].clock.at
        self.phones[n] = handset(self.folder, self.ways[n], at, name=f"phone{n}")
        assert resume(self.phones[n].store) is not None

    @rule(size=st.integers(1, 3))
    def pages_are_small(self, size: int) -> None:
        """The server gives few things a page."""
        self.server.page = size

    @rule(name=st.sampled_from(["all", "other"]))
    def view_changes(self, name: str) -> None:
        """What may be seen is said to be another: the phones hear all again."""
        for record in self.server.records.values():
            record.view = name

    @invariant()
    def nothing_written_is_gone(self) -> None:
        """Every version ever written on a phone is still on that phone: shown, or kept beside it."""
        for n, phone in enumerate(self.phones):
            here = shown(phone)
            for thing, texts in self.written[n].items():
                record_id = own_record(phone.store)
                kept = [
                    here[thing].body,
                    *(c.body for c in things.versions(phone.store, record_id, Word.VITAL, thing)),
                ]
                assert {text_of(body) for body in kept} >= set(texts)

    def teardown(self) -> None:
        """Then the way is good: in two rounds all agree, and all is told."""
        try:
            if self.phones:
                self._agree()
        finally:
            for phone in self.phones:
                phone.store.close()
            rmtree(self.folder)

    def _agree(self) -> None:
        for _ in range(2):
            for phone in self.phones:
                sync.sync(phone.store, phone.client)
        first, second = (
            {thing: (c.edited_at, c.device, c.body) for thing, c in shown(phone).items()}
            for phone in self.phones
        )
        assert first == second
        (record,) = self.server.records.values()
        assert first == {thing: (c.edited_at, c.device, c.body) for thing, c in record.shown.items()}
        assert [telling.count_untold(phone.store) for phone in self.phones] == [(0, 0), (0, 0)]
        assert [telling.untold(p.store, own_record(p.store), 10) for p in self.phones] == [[], []]
        assert set(first) == set(self.written[0]) | set(self.written[1])


TwoPhones.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestTwoPhones = TwoPhones.TestCase


def test_an_edit_made_while_the_push_is_on_the_wire_stays_untold(
    phone: Handset, way: LossyWay, server: ModelServer
) -> None:
    thing = note(phone, "first")

    def edit(_: Request) -> None:
        note(phone, "second", thing)

    way.during = edit
    sync.tell(phone.store, phone.client, own_record(phone.store))
    (record,) = server.records.values()
    assert text_of(record.shown[thing].body) == "second"  # told in the same sync, as it was still untold
    pushes = [
        json.loads(b) for r, b in zip(server.seen, server.bodies, strict=True) if r.url.endswith("/push")
    ]
    assert [[each["edit"] for each in push["changes"]] for push in pushes] == [[1], [2]]
    assert telling.count_untold(phone.store) == (0, 0)


def test_an_edit_during_the_push_is_not_marked_by_a_late_answer(phone: Handset, way: LossyWay) -> None:
    thing = note(phone, "first")

    def edit(_: Request) -> None:
        note(phone, "second", thing)

    way.during = edit
    way.fates = ["through", "lost_before"]
    with pytest.raises(Unreachable):
        sync.sync(phone.store, phone.client)
    assert telling.count_untold(phone.store) == (1, 0)


def test_a_refused_row_is_kept_shown_and_not_offered_for_ever(phone: Handset, server: ModelServer) -> None:
    server.refused_words = {"no"}
    bad, good = note(phone, "no"), note(phone, "yes")
    done = sync.sync(phone.store, phone.client)
    assert (done.untold, done.refused) == (1, 1)
    thing = things.find(phone.store, own_record(phone.store), Word.VITAL, bad)
    assert thing is not None
    assert (thing.told, thing.refused) == (False, "まだ扱えません。")
    before = len(server.seen)
    assert sync.sync(phone.store, phone.client).refused == 1
    assert not any(request.url.endswith("/push") for request in server.seen[before:])
    note(phone, "better", bad)  # corrected: offered again, and taken
    assert sync.sync(phone.store, phone.client).untold == 0
    (record,) = server.records.values()
    assert set(record.shown) == {bad, good}


def test_the_loser_is_told_and_kept_on_both_sides(
    tmp_path: Path, phone: Handset, server: ModelServer
) -> None:
    thing = note(phone, "common")
    sync.sync(phone.store, phone.client)
    other = handset(tmp_path, LossyWay(server), name="other")
    other.does(SignIn(EMAIL, PASSWORD))
    sync.sync(other.store, other.client)
    other.clock.turn(hours=1)
    note(phone, "loser", thing)
    note(other, "winner", thing)
    sync.sync(other.store, other.client)
    sync.hear(phone.store, phone.client, own_record(phone.store))  # heard before it could tell
    assert text_of(shown(phone)[thing].body) == "winner"
    sync.sync(phone.store, phone.client)
    (record,) = server.records.values()
    assert {text_of(each.body) for each in record.others} == {"common", "loser"}
    kept = things.versions(phone.store, own_record(phone.store), Word.VITAL, thing)
    assert {text_of(each.body) for each in kept} == {"common", "loser"}
    other.store.close()


def test_n_moves_only_with_what_it_brought(tmp_path: Path, phone: Handset, server: ModelServer) -> None:
    for n in range(5):
        note(phone, f"row {n}")
    sync.sync(phone.store, phone.client)
    way = LossyWay(server)
    other = handset(tmp_path, way, name="other")
    other.does(SignIn(EMAIL, PASSWORD))
    server.page = 2
    way.fates = ["through", "through", "lost_after"]  # pages 1 and 2 come, the third is lost
    with pytest.raises(Unreachable):
        sync.hear(other.store, other.client, own_record(other.store))
    assert len(shown(other)) == 4
    server.seen.clear()
    sync.hear(other.store, other.client, own_record(other.store))
    assert len(shown(other)) == 5
    assert "after=4" in server.seen[0].url
    other.store.close()


def test_a_new_view_is_heard_from_the_beginning(phone: Handset, server: ModelServer) -> None:
    note(phone, "hers")
    sync.sync(phone.store, phone.client)
    (record,) = server.records.values()
    record.view = "narrower"
    server.seen.clear()
    sync.sync(phone.store, phone.client)
    pulls = [request.url for request in server.seen if "/pull" in request.url]
    assert ["after=1" in pulls[0], "after=0" in pulls[1]] == [True, True]
    assert len(shown(phone)) == 1  # her own is never forgotten


def test_a_server_that_goes_mad_is_left(phone: Handset, server: ModelServer) -> None:
    class Restless:
        def __init__(self) -> None:
            self.n = 0

        def __str__(self) -> str:
            self.n += 1
            return f"view {self.n}"

    note(phone, "row")
    sync.sync(phone.store, phone.client)
    pulled = server._pulled
    restless = Restless()
    server._pulled = lambda *asked: {**pulled(*asked), "view": str(restless), "more": True}  # type: ignore[method-assign]
    with pytest.raises(Unreadable):
        sync.hear(phone.store, phone.client, own_record(phone.store))
    server._pulled = lambda *asked: {**pulled(*asked), "more": True, "changes": []}  # type: ignore[method-assign]
    with pytest.raises(Unreadable):
        sync.hear(phone.store, phone.client, own_record(phone.store))


def _doctor(tmp_path: Path, server: ModelServer, record_id: UUID) -> tuple[Handset, LossyWay]:
    account = server.sign_up("sato@example.jp", "practitioner")
    server.shared[account] = {str(record_id)}
    way = LossyWay(server)
    doctor = handset(tmp_path, way, name="doctor")
    doctor.does(SignIn("sato@example.jp", "p"))
    return doctor, way


def test_a_doctor_forgets_what_she_may_not_see_any_more(
    tmp_path: Path, phone: Handset, server: ModelServer
) -> None:
    hidden, open_ = note(phone, "hidden"), note(phone, "open")
    sync.sync(phone.store, phone.client)
    record_id = own_record(phone.store)
    doctor, _ = _doctor(tmp_path, server, record_id)
    sync.hear_shared(doctor.store, doctor.client, record_id)
    assert len(things.of_word(doctor.store, record_id, Word.VITAL)) == 2
    record = server.records[str(record_id)]
    del record.shown[hidden]  # she hid one of them
    record.view = "without it"
    sync.hear_shared(doctor.store, doctor.client, record_id)
    assert [each.change.id for each in things.of_word(doctor.store, record_id, Word.VITAL)] == [open_]
    record.forget, record.shown = ["vitals"], {}
    sync.hear_shared(doctor.store, doctor.client, record_id)
    assert things.of_word(doctor.store, record_id, Word.VITAL) == []
    doctor.store.close()


def test_a_record_that_is_not_there_any_more_is_forgotten(
    tmp_path: Path, phone: Handset, server: ModelServer
) -> None:
    note(phone, "hers")
    sync.sync(phone.store, phone.client)
    record_id = own_record(phone.store)
    doctor, _ = _doctor(tmp_path, server, record_id)
    sync.hear_shared(doctor.store, doctor.client, record_id)
    server.shared.clear()
    with pytest.raises(NotThere):
        sync.hear_shared(doctor.store, doctor.client, record_id)
    assert doctor.store.known_records() == []  # the key too
    doctor.store.close()


def test_her_own_record_survives_a_server_that_lost_it(phone: Handset, server: ModelServer) -> None:
    note(phone, "hers")
    sync.sync(phone.store, phone.client)
    server.records.clear()
    (event,) = phone.does(SyncNow())
    assert isinstance(event, SyncFailed)
    assert event.code == "not_there"
    assert len(shown(phone)) == 1


def test_everything_is_told_at_last_over_a_bad_way(
    phone: Handset, way: LossyWay, server: ModelServer
) -> None:
    for n in range(sync.TOLD_AT_ONCE + 5):
        note(phone, f"row {n}")
    way.fates = ["lost_after", "lost_before", "twice", "lost_after", "through", "lost_after", "echo"]
    assert len(list(each_try(lambda: sync.sync(phone.store, phone.client)))) == 4
    (record,) = server.records.values()
    assert len(record.shown) == sync.TOLD_AT_ONCE + 5
    assert record.others == []  # telling twice made no second version
    assert telling.count_untold(phone.store) == (0, 0)


def test_a_restored_server_is_told_again(phone: Handset, server: ModelServer) -> None:
    thing = note(phone, "older")
    sync.sync(phone.store, phone.client)
    (record,) = server.records.values()
    copy = dict(record.shown)
    phone.clock.turn(minutes=1)
    note(phone, "newer", thing)
    sync.sync(phone.store, phone.client)
    record.shown, record.view = copy, "restored"  # the server was set back to its copy
    sync.sync(phone.store, phone.client)
    sync.sync(phone.store, phone.client)
    assert text_of(record.shown[thing].body) == "newer"
    assert new_id() not in record.shown


def test_a_late_answer_does_not_find_what_was_heard_meanwhile(phone: Handset) -> None:
    thing = note(phone, "mine")
    record_id = own_record(phone.store)
    (sent,) = telling.untold(phone.store, record_id, 10)
    theirs = replace(
        sent.change, edited_at=sent.change.edited_at + timedelta(seconds=1), device=new_id(), number=9
    )
    hearing.hear(phone.store, record_id, [theirs], Reached(9))
    assert [each.change for each in telling.untold(phone.store, record_id, 10)] == [
        sent.change
    ]  # the loser waits
    assert telling.mark_told(phone.store, record_id, thing, sent.edit, 4) is False
    assert shown(phone)[thing].number == 9
    assert telling.untold(phone.store, record_id, 10) == []


def test_a_day_summed_up_anew_replaces_the_sum_before(phone: Handset) -> None:
    record_id = own_record(phone.store)
    first = Change(Word.DAY, new_id(), MORNING, UUID(int=0), '{"stream":"steps"}', 1)
    second = replace(
        first, edited_at=MORNING + timedelta(hours=1), body='{"stream":"steps","count":2}', number=2
    )
    hearing.hear(phone.store, record_id, [first], Reached(1))
    hearing.hear(phone.store, record_id, [second], Reached(2))
    found = things.find(phone.store, record_id, Word.DAY, first.id)
    assert found is not None
    assert found.change == second
    assert things.versions(phone.store, record_id, Word.DAY, first.id) == []
