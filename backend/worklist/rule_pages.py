"""The page on which a rule about medicines is tried on the records of the people who show them."""

from __future__ import annotations

from uuid import UUID

from backend.accounts.accounts import Accounts
from backend.consent.opening import Opener
from backend.drugs import rules
from backend.drugs import wording as rule_wording
from backend.drugs.rule_form import NothingSchema
from backend.http import Caller, Door, held
from backend.web import look
from backend.worklist import rule_trial
from shared.consent import Role
from shared.drug_check_words import hit_words
from shared.problems import NotThere

door = Door("rule_trial_pages", __name__, page=True)


@door.post("/rules/<uuid:rule_id>/trial", needs=Role.PRACTITIONER, takes=NothingSchema())
def trial(caller: Caller, rule_id: UUID, body: dict[str, str]) -> str:  # noqa: ARG001  a button carries nothing
    """For whom the rule would speak, of those who show me their medicines."""
    me = held(Accounts).people(caller.session, [caller.known.account_id]).get(caller.known.account_id)
    if me is None:
        raise NotThere
    rule = rules.read(caller.session, me, rule_id).rule
    found = rule_trial.try_out(caller.session, held(Opener), caller.known, rule, caller.way)
    written = rules.note_trial(caller.session, me, rule_id, len(found.spoken), found.looked)
    words = {"found": written, "trial": found, "hit_words": hit_words}
    return look.page("worklist/rule_trial.html", me=me, wording=rule_wording, **words)
