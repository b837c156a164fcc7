"""The words on the bag, read: 毎食後, 1日1回 就寝前, 疼痛時, 隔日, 週1回 月曜. What can be read in two ways is not.

Not a standard but how pharmacies and clinics write; the cases are in the tests. Where a word about days or amounts is
not understood, the schedule is the words alone (`Pattern.TEXT`), so that nothing wrong is ever due.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from shared.usage_times import AtMeal, Days, Pattern, Schedule, Slot, Time

_KANJI = {kanji: str(number) for number, kanji in enumerate("一二三四五六七八九", 1)}
_KANJI_NUMBER = re.compile(
    r"(?<=分)[一二三四五六]|[一二三四五六七八九](?=日|回|度|錠|包|滴|枚|時間|週|カプセル)"
)
_UNIT = r"(錠|カプセル|包|滴|枚|単位|個|本|吸入|噴霧|丸|プッシュ|mL|ml|g|mg|T|C|P)"
_ANY_UNIT = _UNIT.replace("(", "(?:", 1)
_NUMBER = r"\d{1,4}(?:\.\d{1,3})?"
_RANGE = r"(\d{1,2})(?:[~〜\-‐–ー・](\d{1,2}))?"

# Words that say there is more to it than a schedule can hold: shown as they are.
_BEYOND = re.compile(
    r"または|又は|もしくは|若しくは|あるいは|或いは|指示|口授|別紙|説明書|漸増|漸減|増減|不定|透析|奇数|偶数|平日|休日|"
    r"月に?\d回|ヶ月|か月|ヵ月|カ月|最初の|次の\d|最後の|交互|開始|終了|中止|朝方|早朝|日中|食事量|食べ"
)
# Words of exception or condition: the days named are not the days it is taken on.
_EXCEPT = re.compile(
    r"以外|除(?!菌|去)|のぞ(?!ま|み)|抜き|(?:服用|使用|内服|投与|注射|貼付|塗布)(?:しない|せず)|飲ま(?:ない|ず)|使わない|"
    r"なら(?!び|な|ず|べ)|以降|日目|半分|曜日?は|土日は|平日|週末|祝|奇数日|偶数日|から"
)
_NO_EXCEPTION = re.compile(
    r"(?:振っ|振とうし|振り混ぜ|混ぜ|溶かし|洗っ|拭い|うがいし|出し)てから|(?:口|シート|袋|箱)から(?!だ)|からだ|解除|"
    r"(?:一緒に|いっしょに|水なしで|ジュースで|牛乳で|お酒で)(?:飲ま|服用し|使用し)ない"
)
_REST = re.compile(r"休")
_COUNT = re.compile(rf"(?:1日|日)(?:に)?{_RANGE}回|分(\d)(?!\d|間|前|後)|{_RANGE}回/日")
_AT_MOST = re.compile(r"1日(?:に)?\d{1,2}回(?:まで|以内|を限度)")
_INTERVAL = re.compile(r"(?<!\d)(\d{1,3})(?:[~〜\-‐–ー・](\d{1,3}))?時間(?:毎|ごと|おき|置き|間隔)")
_CLOCK = re.compile(r"(午前|午後|AM|PM)?(\d{1,2})(?:時(?!間)|:00)(半|\d{1,2}分)?")
_ONE = rf"({_NUMBER}(?:[~〜\-‐–−ー・、,]{_NUMBER})?){_UNIT}"  # 1錠, 1~2錠
_SINGLE = re.compile(rf"1回(?:量|に)?\s*{_ONE}")
_UNEVEN = re.compile(rf"{_NUMBER}{_UNIT}(?:\s*[-‐–−ー・~〜]\s*{_NUMBER}{_ANY_UNIT})+")
_AMOUNT = re.compile(rf"\s*[(:、,]?(?:に|は)?\s*{_ONE}")

_MEALTIMES = {"朝": Slot.MORNING, "昼": Slot.NOON, "夕": Slot.EVENING, "晩": Slot.EVENING, "夜": Slot.EVENING}
_LIST = r"[朝昼夕晩夜](?:(?:[・･,、/&＆と\s]|及び|および)*[朝昼夕晩夜])*"
_TIME = re.compile(
    rf"(?P<meals>毎|{_LIST})の?食(?:事)?の?(?P<rel>直前|直後|前|後|間|中|時|2時間後)(?P<two>の?2時間)?(?:\d+分)?"
    r"|(?P<bedtime>就寝直?前|就寝時|寝る直?前|ねる前|眠前|就眠前|就床前|入眠前)"
    r"|(?P<waking>起床時|起床直?後|起きた(?:とき|時))"
    r"|食(?P<bare>直前|直後|前|後|間)(?P<two2>の?2時間)?(?:\d+分)?"
    rf"|(?P<slots>{_LIST})(?!間|方|食)"
)
_RELATIONS = {
    "前": AtMeal.BEFORE,
    "直前": AtMeal.JUST_BEFORE,
    "中": AtMeal.DURING,
    "時": AtMeal.DURING,
    "直後": AtMeal.JUST_AFTER,
    "後": AtMeal.AFTER,
    "2時間後": AtMeal.TWO_HOURS_AFTER,
    "間": AtMeal.BETWEEN,
}
_MEALS = (Slot.MORNING, Slot.NOON, Slot.EVENING)

_SURELY_NEEDED = re.compile(r"頓用|頓服|屯用|屯服|必要な?時|必要に応じ|適宜|適時")
_WHEN = r"[^\s、。,・()\[\]]{0,10}?(?:時|とき|際|場合|たら)"
_SYMPTOM = re.compile(
    r"(?:[^\s、。,・()\[\]\d]{0,6})"
    r"(?:痛|熱|咳|せき|吐|かゆ|痒|不眠|眠れ|便秘|下痢|発作|めまい|不安|苦し|動悸|出血|痙攣|けいれん|鼻づまり|鼻閉|"
    rf"鼻水|腫れ|むくみ|症状|胸やけ|胃もたれ|いらいら|イライラ|興奮|乾燥|乗り物|低血糖|血圧上昇){_WHEN}"
)
_OTHER_NEED = re.compile(rf"(?:[^\s、。,・()\[\]\d]{{1,8}}){_WHEN}")
_NO_NEED = re.compile(r"(?:起床|就寝|就眠|毎?食事?|食|空腹|哺乳|\d)時|服用時|使用時|時間")


def plain(text: str) -> str:
    """One spelling: half-width figures, full-width kana, figures for 一日三回, brackets as blanks."""
    said = unicodedata.normalize("NFKC", text)
    said = _KANJI_NUMBER.sub(lambda found: _KANJI[found[0]], said)
    return re.sub(r"[\s【】「」『』]+", " ", said).strip()


@lru_cache(maxsize=2048)
def schedule_said(text: str) -> Schedule:
    """What ``text`` says; `Pattern.TEXT` where it is not understood or could mean two things."""
    said = plain(text)
    words = Schedule(Pattern.TEXT, text=text)
    days = days_said(text)
    if not said or days is None or _BEYOND.search(said):
        return words
    found = _needed(said) or _regular(said, days)
    single = _SINGLE.search(said)
    if found is None:
        return words
    uneven = _UNEVEN.search(said) or (_AMOUNT.search(said) if found.amounts else None)
    unit = single[2] if single else uneven[uneven.lastindex or 0] if uneven else ""
    amount = single[1] if single else ""
    if single is None and found.amounts == ():
        amount, unit = _each(said)
    return replace(found, days=days, single=amount, unit=unit, text=text)


def _needed(said: str) -> Schedule | None:
    """As needed: a word that says so, or what ails her before any time of the day."""
    symptom = _SYMPTOM.search(said)
    if _SURELY_NEEDED.search(said):
        return Schedule(Pattern.AS_NEEDED, event=symptom[0] if symptom else "")
    first = min((found.start() for found in _regular_words(said)), default=len(said))
    if symptom is not None:
        at_last = _AT_MOST.search(said) is not None or symptom.start() <= first
        return Schedule(Pattern.AS_NEEDED if at_last else Pattern.TEXT, event=symptom[0])
    if first < len(said):
        return None
    other = _OTHER_NEED.search(_NO_NEED.sub(" ", said))
    return Schedule(Pattern.AS_NEEDED, event=other[0]) if other else None


def _regular_words(said: str) -> Iterator[re.Match[str]]:
    for pattern in (_COUNT, _INTERVAL, _TIME):
        yield from pattern.finditer(said)


def _regular(said: str, days: Days) -> Schedule | None:
    count = _counted(said)
    if count is None:
        return None
    interval = _INTERVAL.search(said)
    times = _times(said)
    if times is None:
        return None
    if interval and not times:
        least = int(interval[1])
        hours = (least, int(interval[2] or least))
        if least > 24:  # the days are in `days_said`
            return Schedule(Pattern.COUNT, count=(1, 1)) if count in ((), (1, 1)) else None
        return Schedule(Pattern.INTERVAL, hours=hours, count=count or None) if least else None
    if times and (not count or count == (len(times), len(times))):
        return Schedule(Pattern.TIMES, times, amounts=_uneven(said, times))
    if times:
        return None  # it says so many times, and names another number of them
    return _untimed(said, count, days)


def _untimed(said: str, count: tuple[int, int] | tuple[()], days: Days) -> Schedule | None:
    """No time of the day named: 1日3回食後 is after each meal, 1日2回 only so many times."""
    event = "空腹時" if "空腹時" in said else "哺乳時" if "哺乳時" in said else ""
    bare = next((found for found in _TIME.finditer(said) if found["bare"]), None)
    if bare and count == (3, 3):
        relation = _relation(bare["bare"], bare["two2"])
        times = tuple(Time(slot, relation) for slot in _MEALS)
        return Schedule(Pattern.TIMES, times, amounts=_uneven(said, times))
    if not count and (days.a_week or not days.daily):
        count = (1, 1)  # 週1回, 隔日: once on such a day
    if not count:
        return None
    return Schedule(Pattern.COUNT, count=count, event=event, amounts=None if _UNEVEN.search(said) else ())


def _counted(said: str) -> tuple[int, int] | tuple[()] | None:
    """So many times a day; empty where it is not said, None where it is said twice in two ways."""
    found = set()
    for match in _COUNT.finditer(said):
        least = next(each for each in (match[1], match[3], match[4]) if each)
        most = match[2] or match[5] or least
        found.add((int(least), max(int(most), int(least))))
    if not found:
        return ()
    (count, *others) = found
    return None if others or not 0 < count[0] <= count[1] <= 24 else count


def _times(said: str) -> tuple[Time, ...] | None:
    """The times of the day named, in order; None where one is named twice."""
    times = [time for match in _TIME.finditer(said) for time in _named(match)]
    for match in _CLOCK.finditer(said):
        hour = _hour(match)
        if hour > 24 or (match[3] and match[3] != "00分"):
            return None
        times.append(Time(hour=hour % 24))
    keys = [time.key for time in times]
    return None if len(set(keys)) != len(keys) else tuple(sorted(times, key=lambda time: time.order))


def _hour(match: re.Match[str]) -> int:
    return int(match[2]) + (12 if match[1] in ("午後", "PM") and int(match[2]) < 12 else 0)


def _named(match: re.Match[str]) -> Iterator[Time]:
    if match["bedtime"]:
        yield Time(Slot.BEDTIME)
    elif match["waking"]:
        yield Time(Slot.WAKING)
    elif match["meals"]:
        slots = (
            _MEALS if match["meals"] == "毎" else [_MEALTIMES[c] for c in match["meals"] if c in _MEALTIMES]
        )
        for slot in slots:
            yield Time(slot, _relation(match["rel"], match["two"]))
    elif match["slots"]:
        for character in match["slots"]:
            if character in _MEALTIMES:
                yield Time(_MEALTIMES[character])


def _relation(word: str, two_hours: str | None) -> AtMeal:
    return AtMeal.TWO_HOURS_AFTER if two_hours and word == "後" else _RELATIONS[word]


def _uneven(said: str, times: Sequence[Time]) -> tuple[Decimal, ...] | None:
    """4錠－2錠－1錠, or 朝14単位 夕6単位: one amount a time; empty where none are told or all are the same."""
    if row := _UNEVEN.search(said):
        if re.search("[~〜]", row[0]) or re.search(r"1回(?:量|に)?\s*$", said[: row.start()]):
            return None  # 1回1錠~2錠
        amounts = tuple(Decimal(each) for each in re.findall(rf"({_NUMBER}){_ANY_UNIT}", row[0]))
        at_night = any(time.at_night for time in times)  # 0時 8時 16時: which comes first is not known
        return amounts if len(amounts) == len(times) and not at_night else None
    after = [
        (time.order, found[1]) for named, found in _amounts_after(said) if not _in_all(said) for time in named
    ]
    if after and len(after) != len(times):
        return None
    if "不均等" in said and not after:
        return None
    if len({amount for _, amount in after}) < 2:
        return ()
    if not all(re.fullmatch(_NUMBER, amount) for _, amount in after):
        return None
    return tuple(Decimal(amount) for _, amount in sorted(after))


def _each(said: str) -> tuple[str, str]:
    """The one amount, and its unit, that stands after each time: 朝1錠, 毎食後1錠, 朝1錠 夕1錠."""
    told = {(found[1], found[2]) for _, found in _amounts_after(said)}
    return told.pop() if len(told) == 1 and not _in_all(said) else ("", "")


def _in_all(said: str) -> bool:
    """分3毎食後 3錠: the amount is that of the day."""
    return any(found[3] and found[3] != "1" for found in _COUNT.finditer(said))


def _amounts_after(said: str) -> Iterator[tuple[list[Time], re.Match[str]]]:
    """Each amount that stands right after times of the day, with those times; none with 食後 alone."""
    for match in _TIME.finditer(said):
        if amount := _AMOUNT.match(said, match.end()):
            yield list(_named(match)), amount
    for match in _CLOCK.finditer(said):
        if amount := _AMOUNT.match(said, match.end()):
            yield [Time(hour=_hour(match) % 24)], amount


_WEEKDAYS = "月火水木金土日"
_NAMED_DAYS = re.compile(
    rf"([{_WEEKDAYS}](?:曜日?)?(?:[・･,、/と\s]*[{_WEEKDAYS}](?:曜日?)?)*?)曜"
    rf"|(?<![0-9毎本翌隔平休当])([{_WEEKDAYS}](?:[・･,、/]?[{_WEEKDAYS}]){{1,6}})(?![0-9一-龠])"
    rf"|[(]([{_WEEKDAYS}])[)]"
)
_EVERY_N_DAYS = re.compile(r"(\d{1,2})日(?:に1[回度]|毎|ごと)")
_N_DAYS_BETWEEN = re.compile(r"(\d{1,2})日(?:おき|置き)")
_EVERY_N_WEEKS = re.compile(r"(\d{1,2})週(?:間)?(?:に1[回度]|毎|ごと)")
_A_WEEK = re.compile(r"(?:(?<!\d)週|1週間)(?:に|間に)?(\d)[回度]")
_ON_AND_OFF = re.compile(
    r"(\d{1,2})(日|週)間?(?:連続)?(?:内服|服用|投与|投薬)?(?:後|し)?[、,\s]*(\d{1,2})(日|週)間?(?:休薬|休)|(\d)投(\d)休"
)
_MONTH_DAYS = re.compile(r"毎月((?:\d{1,2}日?[・,、と\s]*)+)日?")


@lru_cache(maxsize=2048)
def days_said(text: str) -> Days | None:
    """On which days ``text`` says; every day where it says nothing of days, None where it is not understood."""
    said = plain(text)
    weekdays = frozenset(
        _WEEKDAYS.index(each)
        for found in _NAMED_DAYS.finditer(said)
        for each in re.sub("曜日?", "", "".join(found.groups("")))
        if each in _WEEKDAYS
    )
    month_days = tuple(
        sorted({int(day) for found in _MONTH_DAYS.finditer(said) for day in re.findall(r"\d+", found[1])})
    )
    cycle, a_week = _cycle(said), _a_week(said)
    if _excepts(said) or (_REST.search(said) and cycle is None):
        return None
    if (found := _INTERVAL.search(said)) and int(found[1]) > 24:
        days, rest = divmod(int(found[1]), 24)
        between = (1, days - 1)
        if rest or found[2] not in (None, found[1]) or cycle not in (None, between) or a_week:
            return None
        cycle = between
    if any(not 1 <= day <= 31 for day in month_days) or (cycle and (weekdays or month_days)):
        return None
    if weekdays and a_week not in (None, len(weekdays)):
        return None
    return Days(weekdays, cycle, month_days, None, None if weekdays else a_week)


def _excepts(said: str) -> bool:
    return _EXCEPT.search(_NO_EXCEPTION.sub(" ", said)) is not None


def _cycle(said: str) -> tuple[int, int] | None:
    if found := _ON_AND_OFF.search(said):
        if found[5]:
            return int(found[5]), int(found[6])
        on, off = (int(found[n]) * (7 if found[n + 1] == "週" else 1) for n in (1, 3))
        return (on, off) if on and off else None
    if "隔日" in said:
        return 1, 1
    if found := _N_DAYS_BETWEEN.search(said):
        return 1, int(found[1])
    if (found := _EVERY_N_DAYS.search(said)) and int(found[1]) > 1:
        return 1, int(found[1]) - 1
    if (found := _EVERY_N_WEEKS.search(said)) and int(found[1]) > 1:
        return 1, 7 * int(found[1]) - 1
    return None


def _a_week(said: str) -> int | None:
    found = _A_WEEK.search(said)
    return int(found[1]) if found and 1 <= int(found[1]) <= 7 else None
