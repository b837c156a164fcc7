"""Does what the screens' states ask for: workers in, events out.

`Effects.ask(effect)` puts an effect on a queue (from any thread); a worker runs them one after the other and hands each
resulting event to ``deliver``, which the app schedules on its own thread (Kivy's Clock). There are five workers, so
that saving never waits for the network or for the lists of medicines, and syncing never waits for an open dialog or a
health device. Tests call `run(effect)`, which does the same at once, in the calling thread, and returns the events.

    effects = Effects(store, client, device, deliver=lambda event: Clock.schedule_once(lambda _: app.take(event)))
    effects.start(); effects.ask(OpenStore()); ...; effects.ask(SyncNow()); effects.stop()
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

from mobile import account
from mobile.asks import (
    ChangeSettings,
    CheckMedicines,
    Effect,
    ForgetDevice,
    HideCourse,
    KeepDraft,
    KeepImport,
    LoadCosts,
    LoadDays,
    LoadDevices,
    LoadDue,
    LoadFindings,
    LoadFindingVersions,
    LoadHeart,
    LoadMedicines,
    LoadReadings,
    LoadRecordings,
    LoadToday,
    LoadTrends,
    LoadVersions,
    MarkHit,
    OpenForm,
    OpenStore,
    PickFile,
    PlanReminders,
    ReceiveFromDevice,
    SaveFinding,
    SaveMedicine,
    SaveTaxForm,
    SaveVital,
    ScanCamera,
    ScanPicture,
    SearchMedicines,
    ShowNotebook,
    StopReceiving,
    SuggestNames,
    SyncNow,
    TickDose,
    UndoImport,
    WithdrawFinding,
    WithdrawMedicine,
    WithdrawVital,
    WriteText,
)
from mobile.client import Client, ServerSaid
from mobile.deeds import (
    Phone,
    costs,
    do,
    findings,
    importing,
    medicines,
    notebook,
    receiving,
    recording,
    recordings,
    sharing,
    signing,
    sources,
    trends,
)
from mobile.device import Device
from mobile.events import (
    Event,
    Failed,
    FindingSaved,
    FindingWithdrawn,
    ImportPreviewed,
    MedicineSaved,
    MedicineWithdrawn,
    Noted,
    ReceivingEnded,
    Saved,
    SignedIn,
    SignedOut,
    Synced,
    SyncFailed,
    Withdrawn,
)
from mobile.store.opening import Store
from shared import clock
from shared.problems import Invalid, Problem, SignInFirst, Unreachable

# Each file registers its deeds with `do` when it is imported.
SUBJECTS: Final = (
    signing,
    recording,
    recordings,
    trends,
    medicines,
    notebook,
    findings,
    costs,
    importing,
    sharing,
    receiving,
    sources,
)

# While the app is open it syncs this often; after a failure sooner, then ever less often. Seconds.
SYNC_EVERY = 300.0
RETRY_FIRST = 15.0
RETRY_MOST = 900.0

_HERE = (
    *(OpenStore, OpenForm, KeepDraft, SaveVital, WithdrawVital, ChangeSettings),
    *(LoadToday, LoadReadings, LoadDays, LoadVersions, SaveMedicine, WithdrawMedicine),
    *(LoadFindings, LoadFindingVersions, SaveFinding, WithdrawFinding, LoadCosts),
    *(StopReceiving, LoadDevices, ForgetDevice),
)
# What needs the lists of medicines: reading them for the first time takes a moment, in which nothing else must wait.
_BY_LISTS = (
    *(LoadMedicines, LoadDue, TickDose, CheckMedicines, MarkHit, HideCourse, SearchMedicines),
    *(SaveMedicine, WithdrawMedicine, ShowNotebook, PlanReminders, SuggestNames),
    *(LoadTrends, LoadRecordings, LoadHeart),  # years of readings take a moment too
)
# The tax form is fetched and then saved in a dialog: a sync must not wait for that.
_BY_HAND = (PickFile, ScanCamera, ScanPicture, WriteText, SaveTaxForm)
_SYNC_AFTER = (
    *(Saved, Withdrawn, FindingSaved, FindingWithdrawn),
    *(Noted, MedicineSaved, MedicineWithdrawn, SignedIn, ReceivingEnded),
)

_log = logging.getLogger(__name__)


class Worker:
    """One thread that takes effects from its queue in turn. ``idle`` says what to do when none came for how long."""

    def __init__(self, name: str, run: Callable[[Effect], None], idle: Callable[[], float | None]) -> None:
        self._asked: queue.SimpleQueue[Effect | None] = queue.SimpleQueue()
        self._run = run
        self._idle = idle
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def ask(self, effect: Effect) -> None:
        """Put ``effect`` at the end of the queue."""
        self._asked.put(effect)

    def stop(self, seconds: float) -> None:
        """Finish what was asked before, then end; wait at most ``seconds``."""
        self._asked.put(None)
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _work(self) -> None:
        while True:
            try:
                effect = self._asked.get(timeout=self._idle())
            except queue.Empty:
                effect = SyncNow()
            if effect is None:
                return
            self._run(effect)


class Effects:
    """The phone's deeds behind one door; see the module."""

    def __init__(
        self,
        store: Store,
        client: Client,
        device: Device,
        deliver: Callable[[Event], None] = lambda _event: None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self.phone = Phone(store, client, device, now, tell=deliver)
        self._deliver = deliver
        self._failures = 0
        self._here = Worker("here", self._handle, lambda: None)
        self._there = Worker("there", self._handle, self._next_sync)
        self._by_hand = Worker("by hand", self._handle, lambda: None)
        self._by_lists = Worker("by lists", self._handle, lambda: None)
        self._by_radio = Worker("by radio", self._handle, lambda: None)
        self._sync_asked = threading.Event()

    def start(self) -> None:
        """Start the workers."""
        for worker in self._workers:
            worker.start()

    def stop(self, seconds: float = 2.0) -> None:
        """End the workers; what was asked before is done first, as far as ``seconds`` go."""
        self.phone.stop_receiving.set()
        for worker in self._workers:
            worker.stop(seconds)

    @property
    def _workers(self) -> tuple[Worker, ...]:
        return self._here, self._by_lists, self._there, self._by_hand, self._by_radio

    def ask(self, effect: Effect) -> None:
        """Have ``effect`` done soon. Asking for a sync that is already in the queue asks for one."""
        if isinstance(effect, SyncNow):
            if self._sync_asked.is_set():
                return
            self._sync_asked.set()
        if isinstance(effect, _HERE):
            self._here.ask(effect)
        elif isinstance(effect, _BY_LISTS):
            self._by_lists.ask(effect)
        elif isinstance(effect, _BY_HAND):
            self._by_hand.ask(effect)
        elif isinstance(effect, ReceiveFromDevice):
            self._by_radio.ask(effect)
        else:
            self._there.ask(effect)

    def run(self, effect: Effect) -> list[Event]:
        """Do ``effect`` now; whatever goes wrong is an event too, never an exception of a named problem."""
        try:
            return do(effect, self.phone)
        except SignInFirst as problem:
            return self._sign_in_over(effect, problem)
        except Problem as problem:
            return [Failed(problem.code, problem.message(), problem.field, effect)]
        except ServerSaid as said:
            return [Failed(said.code, said.message, said.field, effect)]
        except sqlite3.OperationalError as error:
            _log.error("the store could not be written: %s", error.sqlite_errorname)
            full = Invalid("store_full")
            return [Failed(full.code, full.message(), None, effect)]

    def _sign_in_over(self, effect: Effect, problem: SignInFirst) -> list[Event]:
        if problem.code != "sign_in_ended":
            return [Failed(problem.code, problem.message(), None, effect)]
        return [SignedOut(account.end(self.phone.store), problem.message())]

    def _handle(self, effect: Effect) -> None:
        if isinstance(effect, SyncNow):
            self._sync_asked.clear()
            if self.phone.store.account is None:
                return
        try:
            events = self.run(effect)
        except Exception:  # noqa: BLE001  the job loop of the phone
            # It must outlive a defect, and what was asked is answered in any case.
            _log.exception("%s failed", type(effect).__name__)
            unexpected = Unreachable("unexpected")
            events = [Failed(unexpected.code, unexpected.message(), None, effect)]
        for event in events:
            self._count_failures(event)
            self._deliver(event)
            brought = isinstance(effect, KeepImport | UndoImport) and isinstance(event, ImportPreviewed)
            if brought or isinstance(event, _SYNC_AFTER):
                self.ask(SyncNow())

    def _count_failures(self, event: Event) -> None:
        if isinstance(event, SyncFailed):
            self._failures += 1
        elif isinstance(event, Synced):
            self._failures = 0

    def _next_sync(self) -> float:
        if not self._failures:
            return SYNC_EVERY
        return min(RETRY_FIRST * 2.0 ** min(self._failures - 1, 10), RETRY_MOST)
