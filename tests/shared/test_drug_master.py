"""The drug master: codes, names, searching while somebody types, and the file that phones get."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.drug_knowledge import Overlay, bundled, knowledge
from shared.drug_listing import Listing, Product
from shared.drug_master import MOST_UNPACKED, Master
from shared.medicines import CodeSet
from shared.problems import TooBig, Unreadable

LOXONIN = Product(
    "1149019F1560",
    "ロキソニン錠６０ｍｇ",
    "ロキソプロフェンナトリウム水和物",
    "６０ｍｇ１錠",
    "1149019F1ZZZ",
    "第一三共",
)
TAPE = Product("2649735S2169", "ロキソニンテープ５０ｍｇ", "ロキソプロフェンナトリウム水和物")
GENERIC = Product(
    "", "【般】ロキソプロフェンＮａ錠６０ｍｇ", "ロキソプロフェンナトリウム水和物", "", "1149019F1ZZZ"
)
MUCOSTA = Product("2329021F1137", "ムコスタ錠１００ｍｇ", "レバミピド")
PEONY = Product("5200139D1037", "ツムラ芍薬甘草湯エキス顆粒（医療用）", "芍薬甘草湯エキス")
PRODUCTS = (LOXONIN, TAPE, MUCOSTA, PEONY, GENERIC)


@pytest.fixture
def master() -> Master:
    return Master.of(
        "20250716", PRODUCTS, {"620098801": 0, "615101234": 3}, {3: "ツムラシャクヤクカンゾウトウ"}
    )


def names(found: list[Product]) -> list[str]:
    return [each.name for each in found]


def test_codes_lead_to_products(master: Master) -> None:
    assert master.product(CodeSet.PRICE_LIST, "1149019F1560") is LOXONIN
    assert master.product(CodeSet.YJ, "1149019F1560") is LOXONIN
    assert master.product(CodeSet.GENERIC, "1149019F1ZZZ") is GENERIC
    assert master.product(CodeSet.RECEIPT, "620098801") is LOXONIN
    for code_set, code in (
        (CodeSet.HOT, "620098801"),
        (CodeSet.NONE, ""),
        (CodeSet.YJ, ""),
        (CodeSet.RECEIPT, "1"),
    ):
        assert master.product(code_set, code) is None


def test_a_name_is_found_whatever_its_width(master: Master) -> None:
    assert master.by_name("ﾛｷｿﾆﾝ錠60mg") is LOXONIN
    assert master.by_name("ロキソプロフェンNa錠60mg") is GENERIC
    assert master.by_name("ロキソニン") is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ろきそ", [TAPE, LOXONIN, GENERIC]),
        ("ﾛｷｿﾆ", [TAPE, LOXONIN]),
        ("ロキs", [TAPE, LOXONIN, GENERIC]),
        ("ろきそ　60", [LOXONIN, GENERIC]),
        ("ればみ", [MUCOSTA]),
        ("つむらしゃく", [PEONY]),
        ("甘草", [PEONY]),
        ("なし", []),
        ("", []),
        ("　", []),
        ("\n", []),
        ("\t", []),
    ],
)
def test_what_is_typed_finds_products(master: Master, typed: str, found: list[Product]) -> None:
    assert master.search(typed) == found


def test_beginnings_come_before_what_stands_inside(master: Master) -> None:
    products = [Product("", name) for name in ("アムロジピン", "セロジピン", "ロジピン")]
    listing = Listing.of((each, ()) for each in products)
    assert names(listing.search("ロジ", 9)) == ["ロジピン", "アムロジピン", "セロジピン"]
    assert names(listing.search("ロジ", 2)) == ["ロジピン", "アムロジピン"]
    assert listing.search("ロジ", 0) == []


@given(st.lists(st.text("アイウan1", min_size=1, max_size=6), max_size=30), st.text("アイウan1", max_size=3))
def test_searching_finds_what_looking_at_each_finds(known: list[str], typed: str) -> None:
    listing = Listing.of((Product("", name), (name[::-1],)) for name in known)
    found = listing.search(typed, 1000)
    inside = [name for name in known if typed and (typed in name or typed in name[::-1])]
    if inside or not typed or not typed[-1].isascii():
        assert sorted(names(found)) == sorted(inside)
    begins = [each.name.startswith(typed) for each in found]
    assert begins == sorted(begins, reverse=True) or not inside


def test_without_a_master_the_bundled_names_are_found() -> None:
    assert "ロキソニン" in names(bundled().search("ろきそ"))
    assert names(bundled().search("aspirin")) == ["アスピリン"]
    assert bundled().search("かっこんとう") == []  # no reading is known
    assert "麦門冬湯エキス" in names(bundled().search("麦門"))


def test_with_a_master_its_products_come_first(master: Master) -> None:
    found = names(knowledge(master, Overlay()).search("ロキソニ"))
    assert found[:2] == [TAPE.name, LOXONIN.name]
    assert "ロキソニン" in found[2:]


# ---- the file -------------------------------------------------------------------------------------------------------


def test_a_master_travels_as_bytes(master: Master) -> None:
    packed = master.to_bytes()
    assert packed == master.to_bytes()
    back = Master.from_bytes(packed)
    assert (back.version, back.products, back.receipts, back.readings) == (
        master.version, master.products, master.receipts, master.readings,
    )  # fmt: skip
    assert back.search("つむら") == [PEONY]


def test_the_version_tells_day_and_content(master: Master) -> None:
    assert master.version.startswith("20250716.")
    other = Master.of("20250716", PRODUCTS[:-1], {}, {})
    later = Master.of("20260401", PRODUCTS, master.receipts, master.readings)
    assert len({master.version, other.version, later.version}) == 3
    assert later.version.partition(".")[2] == master.version.partition(".")[2]


@given(st.binary(max_size=200))
def test_bytes_of_something_else_are_refused(data: bytes) -> None:
    for packed in (data, b"TOMONI-DRUGS-1\n" + data, b"TOMONI-DRUGS-1\n" + zlib.compress(data)):
        with pytest.raises(Unreadable):
            Master.from_bytes(packed)


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=255))
def test_a_changed_byte_is_noticed(place: int, byte: int) -> None:
    packed = bytearray(Master.of("20250716", PRODUCTS, {"620098801": 0}, {}).to_bytes())
    place %= len(packed)
    if packed[place] != byte:
        packed[place] = byte
        with pytest.raises((Unreadable, TooBig)):
            Master.from_bytes(bytes(packed))


def test_a_file_cut_off_or_blown_up_is_refused(master: Master) -> None:
    packed = master.to_bytes()
    with pytest.raises(Unreadable):
        Master.from_bytes(packed[:-5])
    bomb = zlib.compress(b" " * (MOST_UNPACKED + 1), 9)
    with pytest.raises(TooBig):
        Master.from_bytes(b"TOMONI-DRUGS-1\n" + bomb)
    with pytest.raises(TooBig):
        Master.from_bytes(packed + bytes(20_000_000))
