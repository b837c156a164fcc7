"""Opening a record: the only key. Every opening and every refusal goes into the visitors' book."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from backend.consent import grants, visits
from backend.consent.opened import OpenRecord, Part
from backend.consent.visits import Asked
from backend.records import records
from backend.seal import KeyRing
from shared import clock
from shared.consent import Purpose, Right, Scope, Viewer, decide
from shared.problems import Refused


class Opener:
    """Opens records with the house's key ring; made once by `app.py` and by the job loop."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring

    def open_record(  # noqa: PLR0913, PLR0917  everything a consent rule depends on
        self,
        session: Session,
        viewer: Viewer,
        record_id: UUID,
        scope: Scope,
        right: Right,
        purpose: Purpose | None = None,
        way: str = "phone",
    ) -> OpenRecord:
        """The record, opened for one part and booked; raises `Refused` (a 404) which the corridor books."""
        # Whoever may write a part and may read it too gets both: a written thing is answered as it now is.
        parts = [(scope, right)] if right is Right.READ else [(scope, right), (scope, Right.READ)]
        return self._open(session, viewer, record_id, parts, parts[:1], purpose, way)

    def open_parts(  # noqa: PLR0913, PLR0917
        self,
        session: Session,
        viewer: Viewer,
        record_id: UUID,
        parts: Sequence[Part],
        purpose: Purpose | None = None,
        way: str = "phone",
    ) -> OpenRecord:
        """The record, opened for those of ``parts`` that the viewer may use; `Refused` when there is none of them.

        One visit is booked, naming the parts that were opened. ``purpose`` None means the owner's own use, or care.
        """
        return self._open(session, viewer, record_id, parts, (), purpose, way)

    def open_with(  # noqa: PLR0913, PLR0917
        self,
        session: Session,
        viewer: Viewer,
        record_id: UUID,
        needed: Part,
        more: Sequence[Part],
        purpose: Purpose | None = None,
        way: str = "phone",
    ) -> OpenRecord:
        """The record, opened for ``needed`` and for as much of ``more`` as the viewer may use; `Refused` without it."""
        return self._open(session, viewer, record_id, [needed, *more], [needed], purpose, way)

    def _open(  # noqa: PLR0913, PLR0917
        self,
        session: Session,
        viewer: Viewer,
        record_id: UUID,
        parts: Sequence[Part],
        needed: Sequence[Part],
        purpose: Purpose | None,
        way: str,
    ) -> OpenRecord:
        record = records.find(session, self.ring, record_id)
        owner = record.owner if record else None
        own = viewer.account_id == owner
        if purpose is None or own:
            purpose = Purpose.OWN if own else Purpose.CARE
        now = clock.now()
        known = grants.to_account(session, record_id, viewer.account_id) if not own else []
        decisions = {part: decide(viewer, owner, *part, purpose, now, known) for part in parts}
        allowed = [part for part in parts if decisions[part].allowed]
        refused = [part for part in needed if part not in allowed] or ([] if allowed else list(parts))
        told = refused or allowed
        # Who claims the owner's purpose is refused, and must not stand in the book as if she herself had come.
        booked = Purpose.CARE if purpose is Purpose.OWN and not own else purpose
        asked = Asked(record_id, viewer, tuple(told), booked, way, decisions[told[0]])
        if record is None or refused:
            raise Refused(asked)
        visits.book(session, [asked])
        return OpenRecord(
            record_id, record.owner, record.key, record.zone, session, viewer, frozenset(allowed), self.ring
        )
