"""An import in words: where it stands, what it would bring, and that it may be somebody else's."""

from __future__ import annotations

from mobile import wording
from mobile.seen import Count, ImportState
from shared.kinds import KINDS, STREAMS
from shared.languages import tr


def mismatch_words(seen: ImportState) -> str:
    """That a file seems to be somebody else's, and what to do. A health app's export often names nobody."""
    if not seen.whose:
        return tr(
            "このファイルに書かれている生まれた日が、あなたの生まれた日と違います。"
            "ほかの人のお薬や測定を取り込むと危険です。自分の記録でなければ、取り込まないでください。"
        )
    return tr(
        "このファイルは「{name}」さんのものとして書かれていて、あなたのお名前や生まれた日と違います。"
        "ほかの人のお薬や測定を取り込むと危険です。自分の記録でなければ、取り込まないでください。",
        name=seen.whose,
    )


def whose_words(seen: ImportState) -> str:
    """Whose the file says it is; to be looked at before it is kept, and only then."""
    if seen.state in ("kept", "undone"):
        return tr("お名前：{name}", name=seen.whose)
    return tr("お名前：{name}（あなたの記録か確かめてください）", name=seen.whose)


def stands(seen: ImportState) -> str:
    """Where an import stands, in words."""
    known = {
        "unsent": tr("送信中") if seen.sending else tr("送信待ち"),
        "waiting": tr("順番待ち"),
        "reading": tr("読み取り中"),
        "asking": tr("質問があります"),
        "previewed": tr("確認してください"),
        "kept": tr("取り込み済み"),
        "undone": tr("取り消し済み"),
        "refused": tr("取り込めませんでした"),
    }
    return known.get(seen.state, seen.state)


def progress_words(seen: ImportState) -> list[str]:
    """How far it is, in sentences: what was sent, or taken out so far."""
    if seen.state == "unsent":
        return [tr("送っています。画面を閉じても、次に開いたときに続きから送ります。")]
    said = [tr("読み取っています。ほかの画面に移っても続きます。")]
    if seen.readings:
        many = f"{seen.readings:,}"
        said.append(
            tr("{many} 件を読み取りました（{days} 日分）", many=many, days=f"{seen.days:,}")
            if seen.days
            else tr("{many} 件を読み取りました", many=many)
        )
    if seen.rate:
        said.append(tr("1 秒に {rate} 件", rate=f"{seen.rate:,}"))
    return said


def count_lines(seen: ImportState) -> list[tuple[str, str]]:
    """For each kind in the file: its name, and how many are new, the same, changed."""
    return [(count_name(count.kind), count_words(count)) for count in seen.counts]


def count_name(kind: str) -> str:
    """The name of what an import counts."""
    others = {
        "dispensing": tr("調剤（薬局でのお薬）"),
        "medicine": tr("お薬"),
        "otc_medicine": tr("市販のお薬"),
        "finding": tr("アレルギー・副作用・病名"),
        "cost": tr("医療費（医療費通知の行）"),
        "memo": tr("手帳のメモ"),
        "family_pharmacist": tr("かかりつけ薬剤師"),
    }
    if kind in KINDS:
        return wording.kind_name(kind)
    return tr(STREAMS[kind].label) if kind in STREAMS else others.get(kind, kind)


def count_words(count: Count) -> str:
    """``新しい 3 ・ 同じ 1``; what is none is not said, but all none is."""
    parts = [
        tr("新しい {n}", n=count.new) if count.new else "",
        tr("同じ {n}", n=count.same) if count.same else "",
        tr("変更 {n}", n=count.changed) if count.changed else "",
    ]
    return wording.joined(*parts) or tr("新しい {n}", n=0)


def brought_costs(seen: ImportState) -> bool:
    """Whether lines of a medical-expense notice were taken in: there is a screen to see them added up."""
    return seen.state == "kept" and any(count.kind == "cost" for count in seen.counts)


def total_lines(seen: ImportState) -> list[tuple[str, int, str]]:
    """The four totals: word, number, and what it means: what would happen, has happened, or was taken back."""
    new, same, changed = _happened(seen.state)
    return [
        (tr("新しい"), seen.new, new),
        (tr("同じ"), seen.same, same),
        (tr("変更"), seen.changed, changed),
        (tr("読めなかった"), seen.not_understood, tr("元のファイルはそのまま保管しています")),
    ]


def _happened(state: str) -> tuple[str, str, str]:
    """What becomes of what is new, the same and changed."""
    if state == "kept":
        return (
            tr("記録に加わりました"),
            tr("もう記録にあったので加えていません"),
            tr("新しい内容になりました。前の内容も残っています"),
        )
    if state == "undone":
        return (
            tr("この取り込みの分を記録から外しました"),
            tr("記録にあるままです"),
            tr("前の内容に戻しました。あとからご自分で直したものはそのままです"),
        )
    return (
        tr("これから記録に加わります"),
        tr("もう記録にあるので加わりません"),
        tr("前と内容が違います。取り込むと新しい内容になり、前の内容も残ります"),
    )
