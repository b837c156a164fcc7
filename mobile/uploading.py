"""Uploading: an original goes to the server, a large one in parts, so that a broken upload goes on where it was."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mobile import answers
from mobile.client import Client, ServerSaid, Several
from mobile.seen import ImportState
from mobile.store import originals
from mobile.store.opening import Store
from mobile.store.originals import Original
from shared.problems import Unreachable, Unreadable

# What is sent with one request; what is larger than one of them is sent so.
PART_BYTES = 4 * 1024 * 1024
# A part is tried so often at once before it waits for the next sync.
TRIES = 3
# Seconds: what was on its way when the line broke is written away by then, and not sent again.
SETTLED = 0.5


def upload(store: Store, client: Client, original: Original) -> ImportState:
    """Send an original whole; when the server has it, it is not kept here any more. Its refusal is kept with it."""
    state = send_on(store, client, original)
    while state.sending:
        state = send_on(store, client, originals.find(store, original))
    return state


def send_on(store: Store, client: Client, original: Original) -> ImportState:
    """Send an original, or the next part of a large one (state ``unsent``, ``sending``)."""
    try:
        answer = _sent(store, client, original)
    except ServerSaid as said:
        if said.status in (401, 429):
            raise
        if said.status >= 500:
            return unsent(original)  # the server's trouble, not the file's: sent again with the next sync
        originals.mark_refused(store, original, said.message)
        return unsent(original, said.message)
    if answer is None:
        return unsent(originals.find(store, original), sending=True)
    state = answers.read(answers.import_state, answer)
    originals.mark_sent(store, original)
    return state


def unsent(original: Original, refused: str = "", *, sending: bool = False) -> ImportState:
    """An original that waits on this phone, as an import; ``percent`` of it are sent."""
    problem = refused or original.refused
    return ImportState(
        original.import_id,
        original.name,
        "refused" if problem else "unsent",
        original.size,
        problem=problem,
        percent=100 * original.sent // max(1, original.size),
        sending=sending and not problem,
        received_at=original.made_at,
    )


def _sent(store: Store, client: Client, original: Original) -> Mapping[str, object] | None:
    """The import as the server has it; None when there is more to send."""
    if original.parts == 1 and original.size > PART_BYTES:
        return _sent_part(store, client, original)
    parts = tuple(_Part(store, original, n) for n in range(original.parts))
    record_id, import_id, name = original.record_id, original.import_id, original.name
    if len(parts) == 1:
        return client.upload(record_id, import_id, name, parts[0], "application/octet-stream")
    several = Several(f"tomoni-{import_id}", parts)
    return client.upload(record_id, import_id, name, several, several.kind)


def _sent_part(store: Store, client: Client, original: Original) -> Mapping[str, object] | None:
    """Send the part that follows what is safe there. The server alone knows how much that is."""
    answer = _tried(store, client, original)
    made = answer.get("import")
    if isinstance(made, Mapping):
        return made
    kept = answer.get("kept")
    if not isinstance(kept, int) or not 0 <= kept <= original.size:
        raise Unreadable("server_answer")
    originals.mark_kept(store, original, kept)
    return None


def _tried(store: Store, client: Client, original: Original) -> Mapping[str, object]:
    record_id, import_id = original.record_id, original.import_id
    at = original.sent
    for left in range(TRIES - 1, -1, -1):
        body = originals.read_at(store, original, at, PART_BYTES)
        try:
            return client.send_part(record_id, import_id, original.name, (at, original.size), body)
        except Unreachable:
            if not left:
                raise
            time.sleep(SETTLED)
        except ServerSaid as said:
            if said.code != "upload_elsewhere":
                raise
        # How far it really is: an answer may have been lost, or a part have come half.
        stands = client.get(f"/api/records/{record_id}/uploads/{import_id}")
        at = answers.read(lambda members: int(str(members["kept"])), stands)
        if stands.get("import") is not None or at > original.sent:
            return stands
    raise Unreachable("server_unreachable")


@dataclass(frozen=True)
class _Part:
    """One part of an original as a body, unsealed a piece at a time."""

    store: Store
    original: Original
    n: int

    def __len__(self) -> int:
        return originals.part_size(self.store, self.original, self.n)

    def __iter__(self) -> Iterator[bytes]:
        return originals.read_part(self.store, self.original, self.n)
