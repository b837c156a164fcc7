"""Real lists of medicines beside the project, and small ones of our own for where they are not."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

REAL = Path(__file__).parents[2] / "shared" / "data" / "drugs"
needs_real = pytest.mark.skipif(not REAL.exists(), reason="the lists of ../shared are not here")

PRICE = """区分,薬価基準収載医薬品コード,成分名,規格,日本薬局方,麻薬,業者名追記,品名,\
メーカー名,薬価,経過措置による使用期限,備考
内用薬,1149019F1560,ロキソプロフェンナトリウム水和物,６０ｍｇ１錠,局,,,ロキソニン錠６０ｍｇ,第一三共,10.1,,
内用薬,2171022F1010,アムロジピンベシル酸塩,２．５ｍｇ１錠,,,,アムロジピン２．５ｍｇ錠,,10.1,,
内用薬,2171022F1029,アムロジピンベシル酸塩,２．５ｍｇ１錠,局,,,ノルバスク錠２．５ｍｇ,ヴィアトリス製薬,12.3,R8.3.31まで,
内用薬,5200139D1037,芍薬甘草湯エキス,１ｇ,,,,ツムラ芍薬甘草湯エキス顆粒（医療用）,ツムラ,13.0,,
外用薬,2649735S2169,ロキソプロフェンナトリウム水和物,７ｃｍ×１０ｃｍ１枚,,,,ロキソニンテープ５０ｍｇ,リードケミカル,12.3,,
内用薬,9999001F1020,トモニチニブ塩酸塩水和物,１０ｍｇ１錠,,,,トモニカ錠１０ｍｇ,ともに製薬,100,,
"""
GENERIC = """区分,一般名コード,一般名処方の標準的な記載,成分名,規格,最低薬価
内用薬,2171022F1ZZZ,【般】アムロジピン錠２．５ｍｇ,アムロジピンベシル酸塩,２．５ｍｇ１錠,10.1
"""


def receipt_line(state: str, code: str, **told: str) -> str:
    """One line of the receipt master, 38 places, in the layout of the real file."""
    places = {"name": 4, "reading": 6, "unit": 9, "until": 30, "price_code": 31, "generic_code": 36}
    cells = [""] * 38
    cells[0], cells[1], cells[2] = state, "Y", code
    for name, value in told.items():
        cells[places[name]] = value
    return ",".join(f'"{cell}"' for cell in cells)


RECEIPTS = [
    receipt_line("0", "620098801", name="ロキソニン錠６０ｍｇ", unit="錠", price_code="1149019F1560", until="99999999"),
    receipt_line(
        "0", "622055001", name="アムロジピン錠２．５ｍｇ「トーワ」", reading="ｱﾑﾛｼﾞﾋﾟﾝ", unit="錠",
        price_code="2171022F1010", generic_code="2171022F1ZZZ", until="99999999",
    ),
    receipt_line(
        "0", "615101234", name="ツムラ芍薬甘草湯エキス顆粒（医療用）", reading="ﾂﾑﾗｼｬｸﾔｸｶﾝｿﾞｳﾄｳ", unit="ｇ",
        price_code="5200139D1037", until="99999999",
    ),
]  # fmt: skip


def write(folder: Path, name: str, text: str, encoding: str = "cp932") -> Path:
    """A file as an operator has it."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def write_all(folder: Path) -> list[Path]:
    """A price list, a receipt master and generic names, in force from 2025-07-16."""
    return [
        write(folder, "tp20250716.csv", PRICE),
        write(folder, "y_ALL20250716.csv", "\r\n".join(RECEIPTS)),
        write(folder, "ippanmeishohoumaster_250716.csv", GENERIC, "utf-8-sig"),
    ]


@cache
def real_rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the real lists."""
    with (REAL / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
