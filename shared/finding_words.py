"""How a finding is said: its kind, since when, and who says so; the same words on the phone and for the doctor."""

from __future__ import annotations

from shared.findings import Finding, FindingKind
from shared.languages import current, tr
from shared.medicines import TYPED, Author

_KINDS = {
    FindingKind.ALLERGY: "アレルギー",
    FindingKind.SIDE_EFFECT: "薬の副作用",
    FindingKind.INFECTION: "感染症",
    FindingKind.DIAGNOSIS: "病名（今の病気・前の病気）",
    FindingKind.IMMUNISATION: "予防接種",
    FindingKind.OTHER: "そのほか",
}
_AUTHORS = {
    Author.CARE_STAFF: "医療関係者が書いたもの",
    Author.PATIENT: "ご本人・ご家族が書いたもの",
    Author.OTHER: "そのほかの人が書いたもの",
    Author.UNKNOWN: "書いた人は記されていません",
}


def kind_words(kind: FindingKind) -> str:
    """What kind of thing it is."""
    return tr(_KINDS[kind])


def day_words(part: str) -> str:
    """A day as far as it is known: ``2024年5月10日``, ``2024年5月``, ``2024年``; '' for ''."""
    numbers = [int(each) for each in part.split("-")] if part else []
    if len(numbers) == 3:
        return tr("{y}年{m}月{d}日", y=numbers[0], m=numbers[1], d=numbers[2])
    if len(numbers) == 2:
        return tr("{y}年{m}月", y=numbers[0], m=numbers[1])
    return tr("{y}年", y=numbers[0]) if numbers else ""


def when_words(finding: Finding) -> str:
    """Since when, until when; for a vaccine the day it was given. '' where neither is known."""
    since, until = day_words(finding.since), day_words(finding.until)
    if finding.kind is FindingKind.IMMUNISATION and since:
        return tr("{day}に接種", day=since)
    if until:
        return f"{since}〜{until}" if current() == "ja" else f"{since} – {until}"
    return tr("{day}から", day=since) if since else ""


def who_words(finding: Finding) -> str:
    """Who says so: the name or place that it came from, and whether somebody in care or she herself wrote it."""
    author = Author.PATIENT if finding.origin == TYPED else finding.author
    written = tr(_AUTHORS[author])
    if not finding.said_by:
        return written
    return f"{finding.said_by}（{written}）" if current() == "ja" else f"{finding.said_by} ({written})"
