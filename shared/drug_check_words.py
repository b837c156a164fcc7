"""What a hit of the medicine checks says, to the patient and to those who look after her, and how far was looked.

It names both medicines with who prescribed and dispensed each, the rule and where it comes from, and whom to ask. It
never tells her to stop a medicine, never decides a condition of the source, and never calls a check complete.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.drug_hits import Checked, Hit, HitKind, Taken
from shared.findings import Finding
from shared.languages import tr
from shared.medicines import Route, Stage, Writer

_ROUTES = {
    Route.ORAL: "飲み薬",
    Route.INJECTION: "注射",
    Route.EYE: "目薬",
    Route.EAR: "耳の薬",
    Route.NOSE: "鼻の薬",
    Route.LUNG: "吸入薬",
    Route.MOUTH: "口の中に使う薬",
    Route.SKIN: "皮膚に使う薬",
    Route.RECTUM: "坐薬など",
    Route.VAGINA: "腟に使う薬",
    Route.EXTERNAL: "外用薬",
    Route.MATERIAL: "医療材料",
    Route.OTHER: "そのほか",
}


class Reader(StrEnum):
    """Who reads a hit."""

    PATIENT = "patient"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class HitWords:
    """A hit in words. ``medicines`` are one line each, ``about`` what the rule says, ``ask`` what to do next."""

    headline: str
    medicines: tuple[str, ...]
    about: tuple[str, ...]
    source: str
    source_url: str
    ask: str


def hit_words(hit: Hit, reader: Reader = Reader.PATIENT) -> HitWords:
    """All that is said of one hit. Of hits with a hidden medicine others hear only `hidden_words`."""
    return HitWords(
        headline=headline(hit),
        medicines=tuple(medicine_words(each) for each in (hit.first, hit.second) if each is not None),
        about=tuple(_about(hit)),
        source=_source(hit),
        source_url=hit.source_url,
        ask=_ask_patient(hit) if reader is Reader.PATIENT else _ask_staff(hit),
    )


def headline(hit: Hit) -> str:
    """In one line what was found, with the names of the medicines."""
    first, second = hit.first.name, hit.second.name if hit.second else ""
    match hit.kind:
        case HitKind.CONTRAINDICATED:
            return tr(
                "「{first}」と「{second}」は、一緒に使わないことになっている組み合わせです",
                first=first,
                second=second,
            )
        case HitKind.ALLERGY:
            return tr(
                "「{first}」は、アレルギーや副作用の記録「{said}」に関わるお薬です",
                first=first,
                said=hit.said,
            )
        case HitKind.DUPLICATE:
            return tr("「{first}」と「{second}」に、同じ成分が入っています", first=first, second=second)
        case HitKind.RULE:
            if second:
                return tr(
                    "「{first}」と「{second}」について、確認の決まりがあります", first=first, second=second
                )
            if hit.ingredients:
                return tr("「{first}」について、確認の決まりがあります", first=first)
            return tr("お薬が {n} 種類あります。確認の決まりがあります", n=hit.effect)


def medicine_words(taken: Taken) -> str:
    """One medicine with who prescribed it, who dispensed it, and its days."""
    by = " ・ ".join(_hands(taken))
    return tr("{name}（{by}）{days}", name=taken.name, by=by, days=days_words(taken))


def _hands(taken: Taken) -> list[str]:
    said = []
    prescriber = " ".join(filter(None, (taken.clinic, taken.doctor)))
    if prescriber:
        said.append(tr("処方 {who}", who=prescriber))
    if taken.stage is Stage.PRESCRIBED:
        said.append(tr("処方せん"))
    elif taken.pharmacy:
        said.append(tr("調剤 {who}", who=taken.pharmacy))
    if taken.writer is Writer.PATIENT:
        said.append(tr("ご本人の入力"))
    elif taken.writer is Writer.PORTAL:
        said.append(tr("マイナポータルの記録"))
    elif taken.writer is Writer.CLINIC and taken.stage is not Stage.PRESCRIBED:
        said.append(tr("医療機関の記録"))
    return said or [tr("出した所の記載なし")]


def days_words(taken: Taken) -> str:
    """From when to when it is counted; an end that nobody wrote is called what it is."""
    first = day_words(taken.starts_on)
    if taken.ends_on is None:
        return tr("{first}から続けている", first=first)
    if not taken.days_known:
        return tr("{first}から（日数の記載がないため14日間とみなす）", first=first)
    return tr("{first}〜{last}", first=first, last=day_words(taken.ends_on))


def day_words(on: date) -> str:
    """A day with its year."""
    return tr("{y}年{m}月{d}日", y=on.year, m=on.month, d=on.day)


def _about(hit: Hit) -> Iterable[str]:
    if hit.kind is HitKind.DUPLICATE:
        yield tr("同じ成分：{names}", names="、".join(hit.ingredients))
        yield from _routes(hit)
    elif hit.kind is HitKind.ALLERGY:
        yield tr("関わる成分：{names}", names="、".join(hit.ingredients))
        if hit.effect:
            yield tr("そのときの様子：{effect}", effect=hit.effect)
    elif hit.kind is HitKind.CONTRAINDICATED:
        yield from _about_pair(hit)
    else:
        yield tr("決まりの理由：{reason}", reason=hit.said)
        if hit.condition:
            yield tr("関わる記録：{finding}", finding=hit.condition)


def _routes(hit: Hit) -> Iterable[str]:
    medicines = [each for each in (hit.first, hit.second) if each is not None]
    if any(each.route is None for each in medicines):
        yield tr("使い方（飲む・塗るなど）がわからないお薬があるため、念のためお知らせしています。")
    elif hit.first.route is not None:
        yield tr("使い方：{route}", route=tr(_ROUTES[hit.first.route]))


def _about_pair(hit: Hit) -> Iterable[str]:
    if hit.effect:
        yield tr("起こるおそれのあること：{effect}", effect=hit.effect)
    if hit.condition:
        yield tr(
            "説明書の条件：{condition}（あてはまるかどうかは、ここでは決めていません）",
            condition=hit.condition,
        )
    if hit.washout_days:
        yield tr("片方が終わってから {n} 日たつまでは、もう片方を始めない決まりです。", n=hit.washout_days)
    if hit.strength_unknown:
        yield tr("お薬の規格（強さ）がわからないため、あてはまらないこともあります。")


def _source(hit: Hit) -> str:
    match hit.kind:
        case HitKind.CONTRAINDICATED:
            return tr(
                "添付文書の併用禁忌（{rule}、出典：{source}。PMDA の原本とは、まだ照らし合わせていません）",
                rule=hit.rule,
                source=hit.source,
            )
        case HitKind.DUPLICATE:
            return tr("同じ成分・同じ使い方の重なり（出典：{source}）", source=tr(hit.source))
        case HitKind.ALLERGY:
            if hit.source:
                return tr("アレルギーや副作用の記録（{who}）", who=hit.source)
            return tr("アレルギーや副作用の記録")
        case HitKind.RULE:
            return tr("この決まりを作った人：{who}", who=hit.source)


def _ask_patient(hit: Hit) -> str:
    if hit.kind in (HitKind.CONTRAINDICATED, HitKind.ALLERGY):
        return tr(
            "ご自分で決めずに、できるだけ早く、薬局の薬剤師か処方した先生に電話で聞いてください。この画面を見せるか、読み上げてください。"
        )
    return tr("ご自分で決めずに、薬局の薬剤師か処方した先生に、この画面を見せて聞いてください。")


def _ask_staff(hit: Hit) -> str:
    if hit.kind is HitKind.RULE:
        return tr(
            "決まりの理由を読み、必要なら処方した医師か薬剤師に確かめてください。判断は先生にお任せします。"
        )
    return tr(
        "添付文書を確かめ、処方した医師か薬剤師に問い合わせてください。この表示は判断の代わりにはなりません。"
    )


def hidden_words(number: int) -> str:
    """For others: that there are hits with a medicine which she does not show."""
    return tr(
        "ご本人が見せていないお薬に関わる確認事項が {n} 件あります。内容は表示できません。"
        "ご本人か薬剤師に聞いてください。",
        n=number,
    )


def exists_words() -> str:
    """For those to whom she shows no medicines: the one bit that there is something."""
    return tr(
        "お薬の組み合わせなどで、確認した方がよいことが見つかっています。お薬は共有されていないため、内容は表示できません。"
    )


def coverage_words(checked: Checked) -> str:
    """How many of her medicines could be checked, which could not, and against which version. Never "complete"."""
    if not checked.medicines:
        return tr("いま調べるお薬の記録はありません。資料の版：{version}", version=checked.version)
    said = tr("{all}種類のうち{n}種類を調べました。", all=checked.medicines, n=checked.checked)
    if checked.unchecked:
        names = "、".join(each.name for each in checked.unchecked)
        said += " " + tr("調べられなかった薬：{names}。", names=names)
    if checked.more_hits:
        said += " " + tr(
            "ほかに{n}件見つかりましたが、多すぎるため表示していません。お薬の記録を確かめてください。",
            n=checked.more_hits,
        )
    return f"{said} {_limits_words(checked)}"


def _limits_words(checked: Checked) -> str:
    return tr(
        "ここに出ないから安全、という意味ではありません。記録にないお薬や、併用注意（一緒に使うとき気をつける組み合わせ）は調べていません。資料の版：{version}",
        version=checked.version,
    )


def unmatched_words(checked: Checked, findings: Iterable[Finding]) -> str:
    """Allergies and side effects that no ingredient was found for; empty when there are none."""
    wanted = set(checked.unmatched)
    names = list(dict.fromkeys(each.text for each in findings if each.id in wanted))
    if not names:
        return ""
    return tr("お薬の成分と照らし合わせられなかったアレルギーや副作用：{names}", names="、".join(names))


def undecided_words(checked: Checked) -> str:
    """That a rule about an age could not be judged; empty when there is none."""
    if not checked.undecided:
        return ""
    return tr(
        "生年月日がわからないため、年齢についての決まり {n} 件は調べていません。", n=len(checked.undecided)
    )
