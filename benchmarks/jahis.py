"""How fast medicine notebooks are read, written out and cut into codes by one process, each figure beside its limit.

A file is what a pharmacy prints for one visit: 41 lines, two doctors, six medicines with notes, 1.9 kB of CP932.
"""

from __future__ import annotations

import gc
import io
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from benchmarks.figures import Figure, hand_over
from shared.formats import Answers, Found, Identity, Trouble, jahis_techo
from shared.formats.jahis_write import qr_parts, write

LIMIT_FILES = 1000
FILES = 1000
ROUNDS = 3

_OPENING = """JAHISTC08,1
1,山田 花子,2,S230412,722-0000,広島県しま町港2-2,0848-11-1111,090-1111-1111,Ａ＋,48.5,ﾔﾏﾀﾞ ﾊﾅｺ
2,1,そば,1
2,2,ペニシリン（発疹）,1
5,{day},1
11,しま薬局 本店,34,4,3412345,722-0000,広島県しま町港1-1,0848-00-0000,1
15,森 薬子,0848-00-0000,1
51,しま診療所,34,1,3410001,1
"""
_RP = """201,{rp},{name}錠{strength}mg「ﾄﾓﾆ」,1,錠,2,{code},1,【般】{name}錠,2,2171022F2ZZZ
281,{rp},一包化,1
291,{rp},グレープフルーツジュースと一緒に飲まないでください。,1
301,{rp},１日１回朝食後服用,28,日分,1,2,1011000400000000,1
391,{rp},ふらつきに気をつけてください。,1
"""
_CLOSING = """401,他の薬を併用する際は、相談してください。,1
501,正しい飲み方は薬袋等をご覧下さい。,1
"""
_NAMES = ("アムロジピン", "カンデサルタン", "ロスバスタチン", "ﾌｧﾓﾁｼﾞﾝ", "メトホルミン", "エチゾラム")


def notebook(number: int) -> bytes:
    """The notebook of one visit, like no other."""
    text = _OPENING.format(day=f"{date(2016, 1, 1) + timedelta(days=number):%Y%m%d}")
    for rp, name in enumerate(_NAMES, start=1):
        doctor = {1: "55,佐藤 一郎,内科,1\n", 5: "55,木村 三郎,心療内科,1\n"}.get(rp, "")
        code = 620000000 + 10 * number + rp
        text += doctor + _RP.format(rp=rp, name=name, strength=number % 40 + 1, code=code)
    return (text + _CLOSING).replace("\n", "\r\n").encode("cp932")


def _best(deed: Callable[[], object]) -> float:
    """Seconds of the fastest of some rounds."""
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        began = time.perf_counter()
        deed()
        times.append(time.perf_counter() - began)
    return min(times)


def figures() -> Iterator[Figure]:
    """Read a thousand files; write ten years of them out; cut that into codes."""
    files = [notebook(number) for number in range(FILES)]
    size = sum(map(len, files)) / FILES
    yield Figure("one file", size, "bytes")

    def read() -> list[Found]:
        found = []
        for each in files:
            for piece in jahis_techo.read(io.BytesIO(each), Answers()):
                assert not isinstance(piece, Trouble)
                if isinstance(piece, Found):
                    found.append(piece)
        return found

    yield Figure("JAHISTC files read in a second", FILES / _best(read), "files/s", LIMIT_FILES, at_least=True)
    words = [each.word for each in read()][:360]
    owner = Identity("山田 花子", "", "female", "1948-04-12")
    written = write(owner, words)
    yield Figure("written out: 120 visits", 1000 * _best(lambda: write(owner, words)), "ms")
    yield Figure("the text of it", len(written.content) / 1000, "kB")
    yield Figure("cut into parts of 1,800 bytes", 1000 * _best(lambda: qr_parts(written.text)), "ms")


if __name__ == "__main__":
    hand_over(figures())
