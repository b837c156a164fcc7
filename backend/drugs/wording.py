"""How the pages of rules and reviews say things: kinds, steps, and what is known about where a pair comes from."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from backend.drugs.rules import STATES, Done, RuleState, RuleStep
from shared.drug_check_words import day_words
from shared.drug_knowledge import Pair
from shared.drug_rules import LocalRule, RuleKind
from shared.languages import tr

KINDS = {
    RuleKind.PAIR: "2つの成分が重なるとき",
    RuleKind.INGREDIENT_AGE: "ある成分と年齢",
    RuleKind.INGREDIENT_FINDING: "ある成分と病気などの記録",
    RuleKind.MOST_MEDICINES: "お薬の数が多いとき",
}
_STEPS = {
    RuleStep.WRITTEN: "書きました",
    RuleStep.TRIED: "いまの記録で試しました",
    RuleStep.SWITCHED_ON: "使い始めました",
    RuleStep.ENDED: "終わりにしました",
}
# How the table of pairs says what a row was checked against, by how its text begins.
_VERIFICATIONS = (
    ("memory", "記憶から書いた行です。資料とは照らし合わせていません"),
    ("verified (class wording)", "添付文書には薬の種類の名前（例：MAO阻害剤）で書かれています"),
    ("verified for one class member", "同じ種類の薬のうち 1 つについてだけ確かめました"),
)


def kind(name: RuleKind) -> str:
    """A kind of rule."""
    return tr(KINDS[name])


def state(name: RuleState) -> str:
    """How far a rule has come."""
    return tr(STATES[name])


def step(done: Done) -> str:
    """One step of a rule."""
    return tr(_STEPS[done.step])


def detail(done: Done) -> str:
    """What belongs to a step: the counts of a trial, the reason of an end."""
    if done.step is RuleStep.TRIED:
        spoken, _, looked = done.said.partition("/")
        return tr("{looked}人のうち{n}人に出ます。", looked=looked, n=spoken)
    return done.said if done.step is RuleStep.ENDED else ""


def moment(at: datetime) -> str:
    """A moment in Japan."""
    local = at.astimezone(ZoneInfo("Asia/Tokyo"))
    return f"{day_words(local.date())} {local:%-H:%M}"


def period(rule: LocalRule) -> str:
    """From when to when it counts."""
    return tr("{first}〜{last}", first=day_words(rule.starts_on), last=day_words(rule.ends_on))


def whose(rule: LocalRule) -> str:
    """For whom it counts."""
    if rule.facility:
        return tr("{facility} のお薬が記録にある方", facility=rule.facility)
    return tr("この地域のみんな")


def said(rule: LocalRule) -> str:
    """What a rule looks at, in one sentence."""
    match rule.kind:
        case RuleKind.PAIR:
            return tr("{a} と {b} を、同じ時期に使うとき", a=rule.ingredients[0], b=rule.ingredients[1])
        case RuleKind.INGREDIENT_AGE:
            return tr("{a} を、{ages} の人が使うとき", a=rule.ingredients[0], ages=_ages(rule))
        case RuleKind.INGREDIENT_FINDING:
            meant = " / ".join(filter(None, (rule.finding_text, rule.finding_code)))
            return tr("{a} を、「{finding}」の記録がある人が使うとき", a=rule.ingredients[0], finding=meant)
        case RuleKind.MOST_MEDICINES:
            return tr("お薬が {n} 種類より多いとき", n=rule.most)


def _ages(rule: LocalRule) -> str:
    if rule.from_age is None:
        return tr("{n}歳まで", n=rule.to_age)
    if rule.to_age is None:
        return tr("{n}歳から", n=rule.from_age)
    return tr("{first}歳から{last}歳まで", first=rule.from_age, last=rule.to_age)


def verification(pair: Pair) -> str:
    """What a pair that came switched off was checked against, as far as the table says."""
    for begins, words in _VERIFICATIONS:
        if pair.verification.startswith(begins):
            return tr(words)
    return tr("片方のお薬が、いまの薬価基準の一覧にありません")


def washout(pair: Pair) -> str:
    """The days that must lie between the two; empty for none."""
    said = []
    if pair.days_a_b:
        said.append(tr("{a} のあと {n} 日", a=pair.name_a, n=pair.days_a_b))
    if pair.days_b_a:
        said.append(tr("{a} のあと {n} 日", a=pair.name_b, n=pair.days_b_a))
    return " ・ ".join(said)


def links(pair: Pair) -> list[str]:
    """Web addresses of its source; other words of the source are left to its text."""
    parts = (part.strip().split(" ")[0] for part in pair.source_url.split(";"))
    return [part for part in parts if part.startswith(("https://", "http://"))]
