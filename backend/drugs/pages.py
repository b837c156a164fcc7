"""Pages of drugs: a practitioner writes, switches on and ends rules; a pharmacist reviews pairs that came off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, redirect
from marshmallow import fields, validate

from backend.accounts.accounts import Accounts, Person
from backend.drugs import reviews, rule_form, rules, wording
from backend.drugs.knowing import knowledge_now
from backend.drugs.rule_form import NothingSchema, RuleFormSchema
from backend.http import Caller, Door, held
from backend.web import look
from shared.consent import Role
from shared.drug_rules import RuleKind
from shared.problems import NotThere, Problem
from shared.schema import Strict

door = Door("drugs_pages", __name__, page=True)


class KindSchema(Strict[dict[str, str]]):
    """Which kind of rule is begun."""

    kind = fields.String(
        load_default=RuleKind.PAIR.value, validate=validate.OneOf([kind.value for kind in RuleKind])
    )


class ReasonSchema(Strict[dict[str, str]]):
    """Why something is done."""

    reason = fields.String(load_default="", validate=validate.Length(max=1000))


class ReviewSchema(Strict[dict[str, str]]):
    """A pharmacist's decision and why."""

    verdict = fields.String(required=True, validate=validate.OneOf(["yes", "no"]))
    reason = fields.String(load_default="", validate=validate.Length(max=1000))


class ShownSchema(Strict[dict[str, str]]):
    """Which pairs are listed: those that nobody decided about yet, or those that somebody did."""

    show = fields.String(load_default="open", validate=validate.OneOf(["open", "done"]))


@door.get("/rules", needs=Role.PRACTITIONER)
def listed(caller: Caller) -> str:
    """The rules of my clinic and of the whole house."""
    me = _me(caller)
    return look.page(
        "drugs/rules.html", me=me, rules=rules.listing(caller.session, me), kinds=RuleKind, wording=wording
    )


@door.get("/rules/new", needs=Role.PRACTITIONER, asks=KindSchema())
def begin(caller: Caller, query: dict[str, str]) -> str:
    """An empty form for a rule of one kind."""
    me = _me(caller)
    return _form(me, rule_form.empty(me, RuleKind(query["kind"])), None)


@door.post("/rules", needs=Role.PRACTITIONER, takes=RuleFormSchema())
def write(caller: Caller, body: dict[str, str]) -> Any:
    """A new draft."""
    return _write(caller, body, None)


@door.get("/rules/<uuid:rule_id>", needs=Role.PRACTITIONER)
def shown(caller: Caller, rule_id: UUID) -> str:
    """One rule with its history, and what can be done with it."""
    me = _me(caller)
    steps = rules.steps(caller.session, me, rule_id)
    people = held(Accounts).people(caller.session, {each.by_id for each in steps})
    found = rules.read(caller.session, me, rule_id)
    return look.page("drugs/rule.html", me=me, found=found, steps=steps, people=people, wording=wording)


@door.get("/rules/<uuid:rule_id>/edit", needs=Role.PRACTITIONER)
def edit(caller: Caller, rule_id: UUID) -> str:
    """The form of a draft."""
    me = _me(caller)
    return _form(me, rule_form.filled(rules.read(caller.session, me, rule_id).rule), rule_id)


@door.post("/rules/<uuid:rule_id>/edit", needs=Role.PRACTITIONER, takes=RuleFormSchema())
def rewrite(caller: Caller, rule_id: UUID, body: dict[str, str]) -> Any:
    """A draft anew."""
    rules.read(caller.session, _me(caller), rule_id)
    return _write(caller, body, rule_id)


@door.post("/rules/<uuid:rule_id>/on", needs=Role.PRACTITIONER, takes=NothingSchema())
def switch_on(caller: Caller, rule_id: UUID, body: dict[str, str]) -> Any:  # noqa: ARG001  a button carries nothing
    """Let a tried draft count."""
    rules.switch_on(caller.session, _me(caller), rule_id)
    return redirect(f"/rules/{rule_id}", 303)


@door.post("/rules/<uuid:rule_id>/end", needs=Role.PRACTITIONER, takes=ReasonSchema())
def end(caller: Caller, rule_id: UUID, body: dict[str, str]) -> Any:
    """Let a rule count no more."""
    rules.end(caller.session, _me(caller), rule_id, body["reason"])
    return redirect(f"/rules/{rule_id}", 303)


@door.get("/reviews", needs=Role.PHARMACIST, asks=ShownSchema())
def to_review(caller: Caller, query: dict[str, str]) -> str:
    """The pairs that came switched off, with their source and what was decided."""
    everything = reviews.listing(caller.session)
    still_open = [each for each in everything if each.verdict is None]
    done = [each for each in everything if each.verdict is not None]
    listed = still_open if query["show"] == "open" else done
    people = held(Accounts).people(caller.session, {one.by_id for each in listed for one in each.reviews})
    return look.page(
        "drugs/reviews.html",
        me=_me(caller),
        listed=listed,
        show=query["show"],
        counts=(len(still_open), len(done)),
        people=people,
        wording=wording,
    )


@door.post("/reviews/<pair_id>", needs=Role.PHARMACIST, takes=ReviewSchema())
def review(caller: Caller, pair_id: str, body: dict[str, str]) -> Any:
    """My decision about one pair."""
    reviews.review(caller.session, caller.known, pair_id, body["reason"], accepted=body["verdict"] == "yes")
    return redirect("/reviews?show=done#" + pair_id, 303)


def _write(caller: Caller, body: dict[str, str], rule_id: UUID | None) -> Any:
    me = _me(caller)
    try:
        rule = rule_form.rule_of(body, me, rule_id)
        rules.write(caller.session, me, rule, knowledge_now(caller.session))
    except NotThere:
        raise
    except Problem as problem:  # what was typed stays in the form
        return Response(_form(me, body, rule_id, problem.message()), 422, mimetype="text/html")
    return redirect(f"/rules/{rule.id}", 303)


def _form(me: Person, form: dict[str, str], rule_id: UUID | None, problem: str = "") -> str:
    kind = RuleKind(form["kind"])
    return look.page(
        "drugs/rule_form.html",
        me=me,
        form=form,
        kind=kind,
        rule_id=rule_id,
        problem=problem,
        most_days=rules.MOST_DAYS,
        wording=wording,
    )


def _me(caller: Caller) -> Person:
    person = held(Accounts).people(caller.session, [caller.known.account_id]).get(caller.known.account_id)
    if person is None:
        raise NotThere
    return person
