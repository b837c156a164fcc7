"""Tell, then hear: untold rows and waiting originals go to the server, then everything after number N comes.

Each step may be repeated and interrupted anywhere: what the server has is marked only when it said so, and N moves in
the transaction that keeps what came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mobile import account, answers, knowing, uploading
from mobile.client import Client, ServerSaid
from mobile.store import flows, hearing, originals, telling
from mobile.store.opening import Reached, Store
from shared.columns_schema import readings_members
from shared.consent import Scope
from shared.problems import NotThere, SignInFirst, Unreadable
from shared.sync import Change, Word
from shared.sync_schema import ChangeSchema, change_from, change_members

TOLD_AT_ONCE = 200
# A view that changes on every page is a server gone wrong, not a reason to go on for ever.
_MOST_RESTARTS = 3

_CHANGE_MEMBERS = frozenset(ChangeSchema().fields)
_WORDS_OF = {
    Scope.VITALS: (Word.VITAL,),
    Scope.WEARABLES: (Word.DAY, Word.WORKOUT, Word.ELECTROCARDIOGRAM),
    Scope.MEDICINES: (
        *(Word.DISPENSING, Word.DOSE, Word.HIDING, Word.HIT_MARK),
        *(Word.MEMO, Word.FAMILY_PHARMACIST),
    ),
    Scope.FINDINGS: (Word.FINDING,),
    Scope.COSTS: (Word.COST,),
    Scope.RECORD: (Word.GRANT,),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """When, how much is still untold, how much of that was refused, whether things came."""

    at: datetime
    untold: int
    refused: int
    changed: bool


@dataclass(frozen=True, slots=True)
class Most:
    """How much this phone takes at once: changes, and bytes of JSON (a page is in its memory twice)."""

    changes: int = 500
    bytes: int = 8 * 1024 * 1024


_USUAL = Most()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what the server tells: changes up to a place, and what is no longer to be seen."""

    changes: tuple[Change, ...]
    reached: Reached
    more: bool
    view: str
    forget: tuple[str, ...]

    def moves(self, before: Reached) -> bool:
        """Whether it leads on from ``before``: to a higher number, or further inside the next one."""
        return self.reached.number > before.number or bool(self.reached.place and self.changes)


def sync(store: Store, client: Client) -> Outcome:
    """Tell and hear everything of the account in turn. Raises what `Client` raises; nothing is lost or half done."""
    if store.account is None:
        raise SignInFirst("sign_in_first")
    account.complete_sign_up(store, client)
    who = account.known(store)
    changed = False
    # A practitioner's phone hears a record when she opens it, never by itself: each hearing is in the visitors' book.
    if who is not None and who.record_id is not None:
        tell(store, client, who.record_id)
        for waiting in originals.waiting(store, who.record_id):
            if not waiting.refused:
                uploading.upload(store, client, waiting)
        tell_streams(store, client, who.record_id)
        changed = hear(store, client, who.record_id) > 0
        changed = knowing.fetch(store, client, store.now()) or changed
    now = store.now()
    store.remember("synced_at", now.isoformat(), store.account)
    return Outcome(now, *telling.count_untold(store), changed)


def synced_at(store: Store) -> datetime | None:
    """When the account in turn was last told and heard completely."""
    found = None if store.account is None else store.recall("synced_at", store.account)
    return None if found is None else datetime.fromisoformat(found)


def tell(store: Store, client: Client, record_id: UUID) -> None:
    """Push what is untold, in bounded pieces, until nothing is that the server did not refuse."""
    asked: set[tuple[UUID, int]] = set()
    while True:
        batch = telling.untold(store, record_id, TOLD_AT_ONCE)
        fresh = {(each.change.id, each.edit) for each in batch} - asked
        if not fresh:
            return  # told, or answered by a server that will not say what became of it: next time
        asked |= fresh
        changes = [_pushed(each) for each in batch]
        answer = client.post(f"/api/records/{record_id}/sync/push", {"changes": changes})
        for thing_id, edit, result in answers.listed(answer, "results", _result):
            if result.state == "refused":
                telling.mark_refused(store, record_id, thing_id, edit, result.problem)
            else:
                telling.mark_told(store, record_id, thing_id, edit, result.number)


def tell_streams(store: Store, client: Client, record_id: UUID) -> None:
    """Post the readings of streams that devices told this phone; what the server would not take stays here."""
    while (brought := flows.next_delivery(store, record_id)) is not None:
        members = {"delivery": str(brought.delivery), **readings_members(brought.readings)}
        try:
            client.post(f"/api/records/{record_id}/streams", members)
        except ServerSaid as said:
            if said.status in (401, 429):
                raise
            if said.status >= 500:
                return  # the server's trouble: they are sent again with the next sync
            flows.mark_refused(store, record_id, brought.delivery)
            continue
        flows.mark_told(store, record_id, brought.delivery)


def hear(store: Store, client: Client, record_id: UUID, most: Most = _USUAL) -> int:
    """Pull everything after N, page by page; how many things changed here. Broken off, it goes on where it was.

    When the view is another than the last one, hear all again from 0, then forget what did not come any more (of
    another's record only: her own is never forgotten).
    """
    changed = restarts = 0
    opened = store.begin_record(record_id, own=False)
    at, view = opened.reached, opened.view
    while True:
        page = _pulled(client, record_id, at, most)
        if page.view != view:
            restarts += 1
            if restarts > _MOST_RESTARTS:
                raise Unreadable("server_answer")
            hearing.start_again(store, record_id, page.view)
            view = page.view
            if at != Reached():
                at = Reached()
                continue
        if page.reached.number < at.number or (page.more and not page.moves(at)):
            raise Unreadable("server_answer")
        changed += hearing.hear(store, record_id, page.changes, page.reached, page.forget)
        at = page.reached
        if not page.more:
            return changed + hearing.forget_unheard(store, record_id)


def hear_shared(store: Store, client: Client, record_id: UUID) -> None:
    """Hear another's record; when it is not there any more for this viewer, forget it and say so."""
    try:
        hear(store, client, record_id)
    except ServerSaid as said:
        if said.status == 404:
            store.forget_record(record_id)
            raise NotThere from said
        raise


@dataclass(frozen=True, slots=True)
class _Result:
    state: str
    number: int
    problem: str


def _pushed(untold: telling.Untold) -> Mapping[str, object]:
    members = change_members(untold.change)
    del members["number"]
    return {**members, "edit": untold.edit, "confirmed": untold.confirmed}


def _result(members: answers.Members) -> tuple[UUID, int, _Result]:
    state, number = str(members["state"]), members.get("number")
    if state not in ("kept", "same", "lost", "refused"):
        raise ValueError(state)
    problem = members.get("problem")
    text = answers.problem_text(members.get("message") or problem or "refused")
    return (
        UUID(str(members["id"])),
        int(str(members["edit"])),
        _Result(state, number if isinstance(number, int) else 0, text),
    )


def _pulled(client: Client, record_id: UUID, at: Reached, most: Most) -> Page:
    asked = {"after": at.number, "place": at.place, "limit": most.changes, "size": most.bytes}
    return answers.read(_page, client.get(f"/api/records/{record_id}/sync/pull", **asked))


def _page(members: answers.Members) -> Page:
    forget = members.get("forget") or []
    if not isinstance(forget, list):
        raise TypeError("forget")
    scopes = [Scope(str(scope)) for scope in forget if str(scope) in set(Scope)]
    words = tuple(word.value for scope in scopes for word in _WORDS_OF.get(scope, ()))
    return Page(
        changes=answers.listed(members, "changes", _change),
        reached=Reached(int(str(members["after"])), str(members.get("place") or "")),
        more=members["more"] is True,
        view=str(members["view"]),
        forget=words,
    )


def _change(members: answers.Members) -> Change:
    return change_from({name: value for name, value in members.items() if name in _CHANGE_MEMBERS})
