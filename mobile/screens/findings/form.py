"""The form of a finding, as values: what is typed, the finding it makes, what is wrong with it, and its draft."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from mobile.screens.sign_in.state import era_words as era_of
from mobile.seen import Name
from shared.findings import Finding, FindingCodeSet, FindingKind
from shared.languages import tr
from shared.medicines import TYPED, Author

# What people feel after a food or a medicine; touched, it is added to the text.
_REACTIONS = (
    "発しん・かゆみ",
    "息が苦しい",
    "吐き気・はく",
    "下痢",
    "めまい・ふらつき",
    "顔や口のはれ",
    "意識がなくなった",
)
# Offered before anything is typed. Words as people say them: they are kept as text, without a code.
_COMMON = {
    FindingKind.DIAGNOSIS: (
        *("高血圧", "糖尿病", "コレステロールが高い", "心臓の病気", "脳卒中（脳梗塞・脳出血）"),
        *("腎臓の病気", "肝臓の病気", "ぜんそく", "胃潰瘍", "緑内障", "前立腺肥大", "骨粗しょう症"),
    ),
    FindingKind.INFECTION: ("Ｂ型肝炎", "Ｃ型肝炎", "結核", "帯状疱疹", "新型コロナウイルス感染症"),
    FindingKind.IMMUNISATION: ("インフルエンザ", "新型コロナ", "肺炎球菌", "帯状疱疹", "破傷風"),
}
HARMFUL = (FindingKind.ALLERGY, FindingKind.SIDE_EFFECT)
SINCE = ("year", "month", "day")
UNTIL = ("until_year", "until_month")
TEXTS = ("text", "reaction", "said_by", *SINCE, *UNTIL)


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the form. ``code`` belongs to the name that she took, and goes when she writes another."""

    kind: FindingKind = FindingKind.ALLERGY
    text: str = ""
    code_set: FindingCodeSet = FindingCodeSet.NONE
    code: str = ""
    year: str = ""
    month: str = ""
    day: str = ""
    over: bool = False
    until_year: str = ""
    until_month: str = ""
    reaction: str = ""
    said_by: str = ""
    suspected: bool = False
    noted_on: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing was written yet."""
        return self == Form(self.kind)


def named(form: Form, name: Name) -> Form:
    """The form with a name that was offered."""
    return replace(form, text=name.text, code_set=name.code_set, code=name.code)


def of_kind(form: Form, kind: FindingKind) -> Form:
    """The form for another kind of thing; a code belonged to the kind before."""
    return form if kind is form.kind else replace(named(form, Name(form.text)), kind=kind)


def wrote(form: Form, field: str, text: str) -> Form:
    """The form with ``text`` in one of its fields."""
    if field == "text":
        same = text.strip() == form.text.strip()
        return replace(form, text=text) if same else named(form, Name(text))
    if field not in TEXTS:
        return form
    written: dict[str, Any] = {field: text}
    return replace(form, **written)


def toggled(form: Form, word: str) -> Form:
    """A reaction that was touched stands in the text, or does not any more."""
    said = [each for each in form.reaction.split("、") if each]
    said = [each for each in said if each != word] if word in said else [*said, word]
    return replace(form, reaction="、".join(said))


def first_wrong(form: Form) -> tuple[str, str] | None:
    """The first field that cannot be right, with what to do; None when a finding can be made of the form."""
    if not form.text.strip():
        return "text", tr("名前を書いてください。")
    if form.over and not form.until_year.strip():
        return "until_year", tr("いつまでだったか、だいたいの年を書いてください。")
    for names in (SINCE, UNTIL) if form.over else (SINCE,):
        try:
            _part_day(form, names)
        except ValueError:
            said = tr(
                "年・月・日は、西暦の数字で書いてください（例：1962 年 5 月）。わからないところは空けておけます。"
            )
            return names[0], said
    return None


def finding_of(form: Form, finding_id: UUID, today: date | None) -> Finding:
    """The finding that the form says. She wrote it, and this day."""
    return Finding(
        id=finding_id,
        kind=form.kind,
        text=form.text.strip(),
        code_set=form.code_set,
        code=form.code,
        since=_part_day(form, SINCE),
        until=_part_day(form, UNTIL) if form.over else "",
        author=Author.PATIENT,
        said_by=form.said_by.strip(),
        reaction=form.reaction.strip() if form.kind in HARMFUL else "",
        suspected=form.suspected,
        noted_on=date.fromisoformat(form.noted_on) if form.noted_on else today,
        origin=TYPED,
    )


def form_of(finding: Finding) -> Form:
    """The form filled with a finding that is to be put right."""
    since, until = (_parts(day) for day in (finding.since, finding.until))
    return Form(
        kind=finding.kind,
        text=finding.text,
        code_set=finding.code_set,
        code=finding.code,
        year=since[0],
        month=since[1],
        day=since[2],
        over=bool(finding.until),
        until_year=until[0],
        until_month=until[1],
        reaction=finding.reaction,
        said_by=finding.said_by,
        suspected=finding.suspected,
        noted_on=finding.noted_on.isoformat() if finding.noted_on else "",
    )


def draft_text(form: Form) -> str:
    """The form as a draft."""
    return "" if form.is_empty else json.dumps(asdict(form), ensure_ascii=False)


def from_draft(text: str) -> Form | None:
    """The form of a draft; None for none, or for one that another version of the app wrote."""
    try:
        found = json.loads(text)
        known = {field.name for field in fields(Form)}
        form = Form(**{name: value for name, value in found.items() if name in known})
        form = replace(form, kind=FindingKind(form.kind), code_set=FindingCodeSet(form.code_set))
        return form if all(isinstance(getattr(form, name), str) for name in (*TEXTS, "code")) else None
    except (ValueError, TypeError, AttributeError):
        return None


def common_names(kind: FindingKind) -> tuple[Name, ...]:
    """What many people have, offered before anything is typed."""
    return tuple(Name(tr(word)) for word in _COMMON.get(kind, ()))


def reaction_options() -> list[tuple[str, str]]:
    """What many people feel, to touch."""
    return [(tr(word), tr(word)) for word in _REACTIONS]


def era_words(form: Form) -> str:
    """``昭和37年`` beside the western year, so that she sees it is the right one."""
    try:
        year, month = int(form.year), int(form.month or 7)
        said = era_of(date(year, month, int(form.day or 1)))
    except ValueError:
        return ""
    return said[: said.index("年") + 1] if said else ""


def _part_day(form: Form, names: tuple[str, ...]) -> str:
    """``1962-05`` of what was written; '' for nothing. ValueError for what is no day of a calendar."""
    written = [getattr(form, name).strip() for name in names]
    while written and not written[-1]:
        written.pop()
    if not written:
        return ""
    numbers = [int(each) for each in written]  # full-width figures are figures too; '' is none
    if not 1850 <= numbers[0] <= 2200:
        raise ValueError(numbers[0])
    date(numbers[0], *(numbers[1:] or [1]), *([1] if len(numbers) < 3 else []))
    return "-".join(f"{number:02}" for number in numbers)


def _parts(day: str) -> tuple[str, str, str]:
    numbers = [str(int(each)) for each in day.split("-")] if day else []
    year, month, third = (*numbers, "", "", "")[:3]
    return year, month, third
