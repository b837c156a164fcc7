"""What a file leaves open, as words and choices: its zone, the order of day and month, the columns of a sheet. Pure."""

from __future__ import annotations

import re

from mobile import wording
from mobile.seen import FileAnswer, FileQuestion
from shared.languages import tr

# Offered after her own; most people's files are of where they live or have travelled.
ZONES = (
    "Asia/Tokyo",
    "UTC",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Taipei",
    "Asia/Bangkok",
    "Asia/Singapore",
    "Australia/Sydney",
    "Europe/London",
    "Europe/Paris",
    "America/New_York",
    "America/Los_Angeles",
    "Pacific/Honolulu",
)
NOTHING = ""  # a column that is left out
_SHOWN_SAMPLES = 3
_TWO_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})[-/. ](\d{1,2})(?!\d)")


def zone_label(zone: str) -> str:
    """A zone in words; one that has none keeps its own name."""
    labels = {
        "Asia/Tokyo": tr("日本の時刻"),
        "UTC": tr("世界標準時（UTC）"),
        "Asia/Seoul": tr("韓国の時刻"),
        "Asia/Shanghai": tr("中国の時刻"),
        "Asia/Taipei": tr("台湾の時刻"),
        "Asia/Bangkok": tr("タイの時刻"),
        "Asia/Singapore": tr("シンガポールの時刻"),
        "Australia/Sydney": tr("シドニーの時刻"),
        "Europe/London": tr("イギリスの時刻"),
        "Europe/Paris": tr("フランス・ドイツの時刻"),
        "America/New_York": tr("ニューヨークの時刻"),
        "America/Los_Angeles": tr("ロサンゼルスの時刻"),
        "Pacific/Honolulu": tr("ハワイの時刻"),
    }
    return labels.get(zone, zone)


def zone_options(own: str) -> list[tuple[str, str]]:
    """Zones to choose from, (name, words): her own first."""
    names = dict.fromkeys(zone for zone in (own, *ZONES) if zone)
    return [(zone, zone_label(zone)) for zone in names]


def samples_words(question: FileQuestion) -> str:
    """The first times as they stand in the file."""
    shown = "、".join(question.samples[:_SHOWN_SAMPLES])
    return tr("ファイルに書かれている日時：{shown}", shown=shown) if shown else ""


def order_options(question: FileQuestion) -> list[tuple[str, str]]:
    """Which comes first, with what the file's own dates would be then."""
    return [
        ("month_first", _order_words(question, day_at=1) or tr("月が先（4/5 は 4 月 5 日）")),
        ("day_first", _order_words(question, day_at=0) or tr("日が先（4/5 は 5 月 4 日）")),
    ]


def _order_words(question: FileQuestion, day_at: int) -> str:
    said = []
    for sample in question.samples:
        found = _TWO_NUMBERS.search(sample)
        if found is not None:
            numbers = found.groups()
            day, month = int(numbers[day_at]), int(numbers[1 - day_at])
            if day <= 31 and month <= 12:
                said.append(tr("{month} 月 {day} 日", month=month, day=day))
    return "、".join(dict.fromkeys(said[:2]))


def suggested(question: FileQuestion) -> tuple[str, ...]:
    """What each column may mean, one for each column."""
    known = {name for name, _ in question.meanings}
    given = [each if each in known else NOTHING for each in question.suggested]
    return (*given, *[NOTHING] * len(question.header))[: len(question.header)]


def meaning_label(question: FileQuestion, meaning: str) -> str:
    """A meaning in words."""
    return dict(question.meanings).get(meaning) or tr("読まない")


def column_values(question: FileQuestion, column: int) -> str:
    """The first values of a column."""
    return "、".join(
        row[column] for row in question.rows[:_SHOWN_SAMPLES] if column < len(row) and row[column]
    )


def answer_lines(answer: FileAnswer) -> list[str]:
    """An answer in words, one sentence for each thing."""
    said = []
    if answer.zone:
        said.append(tr("時刻は「{zone}」として読みました。", zone=zone_label(answer.zone)))
    if answer.day_order:
        first = tr("月が先") if answer.day_order == "month_first" else tr("日が先")
        said.append(tr("日付は「{first}」として読みました。", first=first))
    if answer.sheets:
        said.append(tr("表の列は、教えていただいたとおりに読みました。"))
    return said


def remembered_words(answer: FileAnswer) -> str:
    """What is remembered about a kind of file, short."""
    order = {"month_first": tr("月が先"), "day_first": tr("日が先")}.get(answer.day_order, "")
    sheets = tr("表 {n} 種類", n=answer.sheets) if answer.sheets else ""
    return wording.joined(zone_label(answer.zone) if answer.zone else "", order, sheets)
