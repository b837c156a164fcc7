"""What pharmacists reviewed and what clinics added, as it lies over the bundled knowledge."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backend.drugs import reviews, rules
from shared.drug_knowledge import Overlay


def overlay_now(session: Session) -> Overlay:
    """Reviews of pairs and rules that are switched on."""
    return Overlay(reviews.verdicts(session), rules.in_force(session))
