"""The store: sealed, safe against any end of the app, climbing from every older shape."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest

from mobile.store import drafts, hearing, originals, telling, things
from mobile.store.bodies import moment_of, vital_body, vital_in
from mobile.store.lock import Lock, WrongKey, derived
from mobile.store.opening import Reached, Store
from mobile.store.rows import Thing
from mobile.store.steps import STEPS, climb
from mobile.store.things import Written
from shared import clock
from shared.ids import new_id
from shared.problems import NotThere, SignInFirst, Unreadable
from shared.sync import Change, Word
from tests.mobile.phones import KEY, MORNING, HandClock, open_store, pressure

HANAKO = UUID("0190d3a0-0000-7000-8000-000000000001")
TARO = UUID("0190d3a0-0000-7000-8000-000000000002")
RECORD = UUID("0190d3a0-0000-7000-8000-0000000000a1")
OTHER_PHONE = UUID("ffffffff-0000-7000-8000-000000000000")
CANARY = "カナリア-canary-7391"


@pytest.fixture
def now() -> HandClock:
    return HandClock()


@pytest.fixture
def store(tmp_path: Path, now: HandClock) -> Store:
    opened = open_store(tmp_path / "phone.db", KEY, now)
    opened.enter(HANAKO)
    opened.begin_record(RECORD, own=True)
    return opened


def noted(store: Store, note: str = "朝") -> Thing:
    vital = pressure(128, 78, note=note)
    return things.note(store, RECORD, Written(Word.VITAL, vital.id, vital_body(vital)))


def test_what_is_noted_is_there_after_a_restart(store: Store, tmp_path: Path) -> None:
    thing = noted(store)
    store.close()
    again = open_store(tmp_path / "phone.db", KEY)
    again.enter(HANAKO)
    found = things.of_word(again, RECORD, Word.VITAL)
    assert found == [thing]
    vital = vital_in(found[0].change.body or "")
    assert vital is not None
    assert vital.note == "朝"


def test_no_plain_text_is_in_the_file(store: Store, tmp_path: Path) -> None:
    thing = noted(store, CANARY)
    things.note(store, RECORD, Written(Word.VITAL, thing.change.id, None))
    drafts.keep(store, "vital.blood_pressure", CANARY)
    store.remember("people", CANARY, HANAKO)
    store.remember("account", CANARY)
    originals.keep_original(store, RECORD, new_id(), CANARY, [BytesIO(CANARY.encode() * 1000)])
    telling.mark_refused(store, RECORD, thing.change.id, 2, CANARY)
    raw = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert len(raw) > 10_000
    for secret in (CANARY.encode(), CANARY.encode("utf-16-le"), b"canary-7391", b"systolic", KEY):
        assert secret not in raw
    assert str(thing.change.id).encode() in raw  # ids may be read: so the search above did look at the rows


def test_the_file_is_private(store: Store, tmp_path: Path) -> None:
    assert (tmp_path / "phone.db").stat().st_mode & 0o077 == 0


def test_another_key_is_refused_by_name(store: Store, tmp_path: Path) -> None:
    noted(store)
    store.close()
    with pytest.raises(Unreadable) as refused:
        open_store(tmp_path / "phone.db", bytes(32))
    assert refused.value.code == "store_locked"
    open_store(tmp_path / "phone.db", KEY).close()  # and nothing was harmed by trying


def test_a_broken_file_is_refused_by_name_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "phone.db"
    file.write_bytes(b"not a database, but somebody's only copy" * 100)
    before = file.read_bytes()
    with pytest.raises(Unreadable) as refused:
        open_store(file, KEY)
    assert refused.value.code == "store_broken"
    assert file.read_bytes() == before


def test_a_payload_moved_to_another_row_is_refused(store: Store) -> None:
    one, other = noted(store), noted(store, "晩")
    with store.writing() as db:
        db.execute(
            "UPDATE things SET sealed = (SELECT sealed FROM things WHERE id = ?) WHERE id = ?",
            (str(one.change.id), str(other.change.id)),
        )
    with pytest.raises(Unreadable):
        things.find(store, RECORD, Word.VITAL, other.change.id)


def test_a_lock_tells_places_apart() -> None:
    lock = Lock(derived(KEY, "test"))
    sealed = lock.seal(b"secret", "ab", "c")
    assert lock.unseal(sealed, "ab", "c") == b"secret"
    with pytest.raises(WrongKey):
        lock.unseal(sealed, "a", "bc")
    with pytest.raises(WrongKey):
        lock.unseal(b"short", "ab", "c")
    assert derived(KEY, "one") != derived(KEY, "two")


def test_rows_of_one_account_stay_shut_for_another(store: Store) -> None:
    noted(store)
    drafts.keep(store, "form", "draft")
    store.leave()
    with pytest.raises(SignInFirst):
        things.of_word(store, RECORD, Word.VITAL)
    store.enter(TARO)
    with pytest.raises(NotThere):
        things.of_word(store, RECORD, Word.VITAL)
    assert drafts.find(store, "form") == ""
    assert telling.count_untold(store) == (0, 0)
    store.enter(HANAKO)
    assert telling.count_untold(store) == (1, 0)
    assert drafts.find(store, "form") == "draft"


def test_a_correction_is_a_new_version_however_wrong_the_clock(store: Store, now: HandClock) -> None:
    first = noted(store)
    vital = vital_in(first.change.body or "")
    assert vital is not None
    now.turn(days=-400)
    body = vital_body(vital).replace('"128"', '"126"')
    second = things.note(store, RECORD, Written(Word.VITAL, vital.id, body))
    assert second.change.edited_at > first.change.edited_at
    assert (second.edit, second.told) == (2, False)
    assert [each.body for each in things.versions(store, RECORD, Word.VITAL, vital.id)] == [first.change.body]


def test_the_same_body_again_changes_nothing(store: Store) -> None:
    first = noted(store)
    again = things.note(store, RECORD, Written(Word.VITAL, first.change.id, first.change.body))
    assert again == first
    assert things.versions(store, RECORD, Word.VITAL, first.change.id) == []


def test_a_withdrawn_thing_is_not_listed_but_kept(store: Store) -> None:
    thing = noted(store)
    things.note(store, RECORD, Written(Word.VITAL, thing.change.id, None))
    assert things.of_word(store, RECORD, Word.VITAL) == []
    assert things.versions(store, RECORD, Word.VITAL, thing.change.id)[0].body == thing.change.body
    assert [each.change.body for each in telling.untold(store, RECORD, 10)] == [None]
    with pytest.raises(NotThere):
        things.note(store, RECORD, Written(Word.VITAL, new_id(), None))


def test_members_that_we_do_not_know_survive_a_correction(store: Store) -> None:
    vital = pressure(128, 78)
    newer = vital_body(vital).replace("{", '{"cuff_size":"L","error":{"codes":[1,2.5]},', 1)
    known = vital_in(newer)
    assert known == vital
    corrected = vital_body(pressure(126, 76), newer)
    assert '"cuff_size":"L"' in corrected
    assert '"codes":[1,2.5]' in corrected


def test_an_unknown_word_is_kept_as_it_came(store: Store) -> None:
    body = '{"a": [1,  2], "いつか": null}'
    heard = Change("mood_of_2031", new_id(), MORNING, OTHER_PHONE, body, 7)
    hearing.hear(store, RECORD, [heard], Reached(7))
    found = things.find(store, RECORD, "mood_of_2031", heard.id)
    assert found is not None
    assert found.change == heard
    assert moment_of("mood_of_2031", body) is None


def test_another_persons_data_is_unreadable_after_72_hours(store: Store, now: HandClock) -> None:
    patient = new_id()
    heard = Change(Word.VITAL, new_id(), MORNING, OTHER_PHONE, vital_body(pressure(140, 90)), 1)
    hearing.hear(store, patient, [heard], Reached(1))
    now.turn(hours=72)
    assert len(things.of_word(store, patient, Word.VITAL)) == 1
    now.turn(hours=-48)  # setting the clock back does not help ...
    assert len(things.of_word(store, patient, Word.VITAL)) == 1
    now.turn(hours=48, milliseconds=1)
    with pytest.raises(NotThere):
        things.of_word(store, patient, Word.VITAL)
    now.turn(hours=-72)  # ... not even afterwards: the key is gone
    with pytest.raises(NotThere):
        things.of_word(store, patient, Word.VITAL)
    assert store.rows("SELECT count(*) FROM things WHERE record_id = ?", str(patient)) == [(0,)]
    now.turn(days=900)
    assert things.of_word(store, RECORD, Word.VITAL) == []  # her own has no such end


def test_forgetting_a_record_keeps_what_is_untold(store: Store, now: HandClock) -> None:
    patient = new_id()
    told = Change(Word.VITAL, new_id(), MORNING, OTHER_PHONE, vital_body(pressure(140, 90)), 1)
    hearing.hear(store, patient, [told], Reached(1))
    typed = pressure(150, 95)
    things.note(store, patient, Written(Word.VITAL, typed.id, vital_body(typed)))
    store.forget_record(patient)
    assert [each.change.id for each in telling.untold(store, patient, 10)] == [typed.id]
    with pytest.raises(NotThere):
        things.of_word(store, patient, Word.VITAL)


def test_originals_wait_sealed_and_come_out_whole(store: Store) -> None:
    large = os.urandom(originals.PIECE_BYTES + 17)
    kept = originals.keep_original(store, RECORD, new_id(), "手帳.txt", [BytesIO(b"JAHISTC"), BytesIO(large)])
    (found,) = originals.waiting(store, RECORD)
    assert found == kept
    assert b"".join(originals.read_part(store, found, 0)) == b"JAHISTC"
    assert b"".join(originals.read_part(store, found, 1)) == large
    assert [originals.part_size(store, found, n) for n in (0, 1)] == [7, len(large)]
    originals.mark_refused(store, found, "読めません")
    assert originals.waiting(store, RECORD)[0].refused == "読めません"
    originals.mark_sent(store, found)
    assert originals.waiting(store, RECORD) == []
    assert store.rows("SELECT count(*) FROM pieces") == [(0,)]


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    class Interrupted(BaseException):
        pass

    def half_done() -> None:
        with store.writing():
            noted(store)
            raise Interrupted

    with pytest.raises(Interrupted):
        half_done()
    assert things.of_word(store, RECORD, Word.VITAL) == []


_WRITER = """
import sys
from pathlib import Path
from tests.mobile.test_store import HANAKO, KEY, RECORD, noted
from mobile.store.opening import Store
store = Store(Path(sys.argv[1]), KEY)
store.enter(HANAKO)
store.begin_record(RECORD, own=True)
while True:
    print(noted(store).change.id, flush=True)
"""


def test_whatever_was_saved_survives_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "phone.db"
    root = Path(__file__).parents[2]
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(file)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert writer.stdout is not None
    saved = [writer.stdout.readline().strip() for _ in range(20)]
    os.kill(writer.pid, signal.SIGKILL)
    saved += [line.strip() for line in writer.stdout if line.endswith("\n")]
    writer.wait()
    writer.stdout.close()
    store = open_store(file, KEY)
    store.enter(HANAKO)
    kept = {str(each.change.id) for each in things.of_word(store, RECORD, Word.VITAL)}
    assert set(saved) <= kept
    assert len(kept) - len(saved) <= 1  # the one that was written and not yet spoken of
    assert store.rows("PRAGMA integrity_check") == [("ok",)]


def _at_step(file: Path, steps: int) -> None:
    """A store as the app of that step left it, with a thing of Hanako's in it."""
    db = sqlite3.connect(file, isolation_level=None)
    for statements in STEPS[:steps]:
        for statement in statements:
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {steps}")
    db.close()


@pytest.mark.parametrize("steps", range(len(STEPS) + 1))
def test_a_store_of_every_older_step_opens(tmp_path: Path, steps: int) -> None:
    file = tmp_path / "phone.db"
    _at_step(file, steps)
    if steps:
        lock = Lock(derived(KEY, "device"))
        db = sqlite3.connect(file)
        db.execute(
            "INSERT INTO state VALUES ('', 'settings', ?)", (lock.seal(b"kept", "state", "", "settings"),)
        )
        db.commit()
        db.close()
    store = open_store(file, KEY)
    assert store.rows("PRAGMA user_version") == [(len(STEPS),)]
    assert store.recall("settings") == ("kept" if steps else None)
    store.enter(HANAKO)
    store.begin_record(RECORD, own=True)
    noted(store)
    originals.keep_original(store, RECORD, new_id(), "a", [BytesIO(b"b")])


def test_a_step_that_breaks_leaves_the_step_before(tmp_path: Path) -> None:
    file = tmp_path / "phone.db"
    open_store(file, KEY).close()
    db = sqlite3.connect(file, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        climb(db, (*STEPS, ("CREATE TABLE fresh (a)", "CREATE TABLE fresh (a)")))
    assert db.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
    assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'fresh'").fetchone() == (0,)
    db.close()
    open_store(file, KEY).close()


def test_a_file_that_cannot_climb_is_broken_by_name(tmp_path: Path) -> None:
    file = tmp_path / "phone.db"
    open_store(file, KEY).close()
    db = sqlite3.connect(file, isolation_level=None)
    # As if the last step had been climbed already, though the file does not say so.
    db.execute(f"PRAGMA user_version = {len(STEPS) - 1}")
    db.close()
    with pytest.raises(Unreadable) as refused:
        open_store(file, KEY)
    assert refused.value.code == "store_broken"


def test_a_newer_store_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "phone.db"
    open_store(file, KEY).close()
    db = sqlite3.connect(file, isolation_level=None)
    db.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    with pytest.raises(Unreadable) as refused:
        climb(db)
    assert refused.value.code == "store_newer"
    db.close()


def test_a_list_is_one_question_however_long_it_is(store: Store) -> None:
    changes = [
        Change(
            Word.VITAL,
            new_id(),
            clock.from_ms(1_700_000_000_000 + n),
            OTHER_PHONE,
            vital_body(pressure(120, 70)),
            n,
        )
        for n in range(1, 301)
    ]
    hearing.hear(store, RECORD, changes, Reached(300))
    asked: list[str] = []
    store.db.set_trace_callback(asked.append)
    assert len(things.of_word(store, RECORD, Word.VITAL)) == 300
    store.db.set_trace_callback(None)
    assert len([each for each in asked if "FROM things" in each]) == 1


def test_what_is_saved_is_on_the_disk(store: Store) -> None:
    assert store.rows("PRAGMA synchronous") == [(2,)]  # FULL
    assert store.rows("PRAGMA journal_mode") == [("wal",)]
    assert store.rows("PRAGMA secure_delete") == [(1,)]
