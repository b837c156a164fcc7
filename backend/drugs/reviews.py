"""What pharmacists decided about pairs that came with the program switched off: from memory, or in a class's wording.

A review is of a pair in its wording: when the program comes with other words for it, the pair is open again. Nothing is
overwritten; the newest review counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.drugs.tables import PairReviewRow
from shared import clock
from shared.consent import Role, Viewer
from shared.drug_knowledge import Pair, bundled
from shared.drug_pairs import wording
from shared.ids import new_id
from shared.problems import Invalid, NotAllowed, NotThere

LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Review:
    """One decision. ``counts`` false: it was about other words than the program has now."""

    pair: str
    accepted: bool
    reason: str
    by_id: UUID
    at: datetime
    counts: bool


@dataclass(frozen=True, slots=True)
class Reviewable:
    """A pair that came switched off, with its reviews, the newest first."""

    pair: Pair
    reviews: tuple[Review, ...]

    @property
    def verdict(self) -> bool | None:
        """What was decided about it as it stands; None: nobody has looked at these words."""
        newest = next(iter(self.reviews), None)
        return newest.accepted if newest is not None and newest.counts else None


def reviewable() -> dict[str, Pair]:
    """The pairs that came switched off and that a check could find: both sides have a code."""
    return {pair.id: pair for pair in bundled().all_pairs if not pair.on and pair.a and pair.b}


def review(session: Session, by: Viewer, pair_id: str, reason: str, *, accepted: bool) -> Review:
    """A pharmacist's decision, with why. Only hers: what is found depends on it for everybody."""
    if by.role is not Role.PHARMACIST:
        raise NotAllowed("not_allowed")
    pair = reviewable().get(pair_id)
    if pair is None:
        raise NotThere
    reason = reason.strip()
    if not reason:
        raise Invalid("reason_needed", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid("text_long", field="reason", most=LONGEST_REASON)
    row = PairReviewRow(
        id=new_id(),
        pair=pair_id,
        wording=wording(pair),
        accepted=accepted,
        reason=reason,
        by_id=by.account_id,
        at=clock.now(),
    )
    session.add(row)
    session.flush()
    return _review(row, reviewable())


def listing(session: Session) -> list[Reviewable]:
    """Every pair to review, in the order of the table, each with all that was ever decided about it."""
    pairs = reviewable()
    found: dict[str, list[Review]] = {}
    for row in _rows(session):
        found.setdefault(row.pair, []).append(_review(row, pairs))
    return [Reviewable(pair, tuple(found.get(pair.id, ()))) for pair in pairs.values()]


def verdicts(session: Session) -> dict[str, bool]:
    """By the id of a pair what was decided about it as it stands now."""
    return {each.pair.id: each.verdict for each in listing(session) if each.verdict is not None}


def _rows(session: Session) -> list[PairReviewRow]:
    newest_first = (PairReviewRow.at.desc(), PairReviewRow.id.desc())
    return list(session.scalars(select(PairReviewRow).order_by(*newest_first)))


def _review(row: PairReviewRow, pairs: dict[str, Pair]) -> Review:
    pair = pairs.get(row.pair)
    counts = pair is not None and row.wording == wording(pair)
    return Review(row.pair, row.accepted, row.reason, row.by_id, row.at, counts)
