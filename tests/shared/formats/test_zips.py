from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile

import pytest

from shared.formats import zips
from shared.formats.zips import Zip, first_names
from shared.problems import Unreadable


def made(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members:
            opened.writestr(name, content)
    return file.getvalue()


def refused(content: bytes, word: str, nesting: int = 0) -> None:
    with pytest.raises(Unreadable) as problem:
        Zip(io.BytesIO(content), nesting)
    assert problem.value.code == "zip_refused"
    assert word in problem.value.message()


def test_members_are_streamed() -> None:
    opened = Zip(io.BytesIO(made(("a/b.txt", b"0123456789"), ("c/", b""))))
    assert [(member.name, member.size) for member in opened.members] == [("a/b.txt", 10)]
    stream = opened.open(opened.members[0])
    assert [stream.read(4), stream.read(4), stream.read(4), stream.read(4)] == [b"0123", b"4567", b"89", b""]


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.xml", "a/../../up.xml", "C:/up.xml", "a\\..\\b.xml"])
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    info = zipfile.ZipInfo("x")
    info.filename = name
    refused(made((info, b"x")), "名前")


def test_links_and_passwords_and_rare_methods_are_refused() -> None:
    link = zipfile.ZipInfo("export.xml")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    refused(made((link, b"/etc/passwd")), "リンク")
    locked = bytearray(made(("export.xml", b"x")))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(signature) + at] |= 1
    refused(bytes(locked), "パスワード")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as opened:
        opened.writestr("export.xml", b"x")
    refused(file.getvalue(), "圧縮")


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "MAX_MEMBERS", 2)
    assert len(Zip(io.BytesIO(made(("a", b""), ("b", b"")))).members) == 2
    refused(made(("a", b""), ("b", b""), ("c", b"")), "多すぎ")


def test_a_bomb_is_refused_and_a_long_xml_is_not() -> None:
    refused(made(("export.xml", b" " * 17 * 1024 * 1024)), "大きく")
    line = b"".join(b'<Record value="%d"/>\n' % (n * 7919 % 10007) for n in range(900_000))
    assert Zip(io.BytesIO(made(("export.xml", line)))).members[0].size == len(line) > zips.RATIO_FROM


def test_the_sum_of_all_members_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "MAX_EXPANDED", 15)
    refused(made(("a", b"0123456789"), ("b", b"0123456789")), "大きく")


def test_a_member_larger_than_promised_is_refused() -> None:
    lying = bytearray(made(("export.xml", b"a" * 5000)))
    struct.pack_into("<I", lying, lying.index(b"PK\x01\x02") + 24, 100)
    opened = Zip(io.BytesIO(bytes(lying)))
    stream = opened.open(opened.members[0])
    with pytest.raises(Unreadable):
        stream.read(1000)


def test_members_that_share_bytes_are_refused() -> None:
    content = bytearray(made(("a", b"x" * 50), ("b", b"y" * 50)))
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    struct.pack_into("<I", content, second + 42, 0)
    refused(bytes(content), "重なって")


def test_the_same_name_twice_is_refused() -> None:
    nfc, nfd = (unicodedata.normalize(form, "データ.xml") for form in ("NFC", "NFD"))
    assert nfc != nfd
    refused(made((nfc, b"x"), (nfd, b"y")), "同じ名前")


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_japanese_names_come_out_nfc_whatever_the_zip_says(encoding: str) -> None:
    name = "書き出したデータ.xml"
    written = unicodedata.normalize("NFD", name) if encoding == "utf-8" else name
    raw = written.encode(encoding)
    content = made(("#" * len(raw), b"x")).replace(b"#" * len(raw), raw)
    assert [member.name for member in Zip(io.BytesIO(content)).members] == [name]
    if encoding == "utf-8":
        assert first_names(content) == [name]


def test_broken_zips_are_refused() -> None:
    content = made(("export.xml", bytes(range(256)) * 40))
    refused(content[: len(content) // 2], "こわれて")
    refused(b"no zip", "こわれて")
    damaged = bytearray(content)
    damaged[60:80] = b"\xff" * 20
    opened = Zip(io.BytesIO(bytes(damaged)))
    with pytest.raises(Unreadable):
        opened.open(opened.members[0]).read(100_000)


def test_a_zip_in_a_zip_is_opened_once_only() -> None:
    content = made(("a", b"x"))
    assert Zip(io.BytesIO(content), nesting=1).members
    refused(content, "重なって", nesting=2)


def test_first_names() -> None:
    assert first_names(made(("a/b.xml", b"x"), ("c.gpx", b"y"))) == ["a/b.xml", "c.gpx"]
    assert first_names(b"PK") == []
    # A zip within, uncompressed: its names are its own, whether or not the sizes stand before what they are of.
    inside = made(("export.xml", b"x"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as made_of_zips:
        made_of_zips.writestr("a.zip", inside)
        made_of_zips.writestr("b", b"y")
    assert first_names(packed.getvalue()) == ["a.zip", "b"]
    later = bytearray(packed.getvalue())
    later[6:10] = (0x8).to_bytes(4, "little")  # and no compression
    later[18:26] = bytes(8)
    assert first_names(bytes(later)) == ["a.zip"]
    assert first_names(made(("a/b.xml", b"x"))[:33]) == []
