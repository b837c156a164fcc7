"""The device: its key, its dialogs, codes in pictures. What needs a real Android phone is not tested here."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from mobile.device import Device, Picture, local_offset_min
from mobile.device.android import Android, scanned_bytes
from mobile.device.desktop import Desktop, home_folder, ran
from mobile.device.keys import key_from_file, key_from_passphrase
from mobile.device.pictures import png_picture, read_codes
from shared.problems import Invalid, Unreadable

# CP932 only: a reader that guesses the text gets these wrong.
TECHO = "JAHISTC08,1\r\n1,髙橋 花子,2,19480402\r\n201,1,ｱﾑﾛｼﾞﾋﾟﾝ錠①".encode("cp932")


def png(text: bytes, **how: object) -> bytes:
    file = io.BytesIO()
    segno.make(text, mode="byte", error="m").save(file, kind="png", **{"scale": 4, **how})
    return file.getvalue()


# ---- the key ---------------------------------------------------------------------------------------------------------


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    file = tmp_path / "app" / "device.key"
    key = key_from_file(file)
    assert len(key) == 32
    assert key_from_file(file) == key
    assert file.stat().st_mode & 0o777 == 0o600
    assert key_from_file(tmp_path / "other.key") != key


def test_a_key_that_others_may_read_is_no_key(tmp_path: Path) -> None:
    file = tmp_path / "device.key"
    key_from_file(file)
    file.chmod(0o644)
    with pytest.raises(Unreadable) as refused:
        key_from_file(file)
    assert refused.value.code == "store_locked"


def test_half_a_key_is_refused_and_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "device.key"
    file.write_bytes(b"half")
    file.chmod(0o600)
    with pytest.raises(Unreadable):
        key_from_file(file)
    assert file.read_bytes() == b"half"


def test_a_key_that_was_being_made_when_the_app_ended_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "device.new").write_bytes(b"half")
    assert len(key_from_file(tmp_path / "device.key")) == 32


def test_a_passphrase_makes_the_same_key_with_the_same_salt(tmp_path: Path) -> None:
    desktop = Desktop(tmp_path / "one", passphrase="さざ波と みかん畑")
    key = desktop.key()
    assert desktop.key() == key
    assert Desktop(tmp_path / "one", passphrase="さざ波と みかん").key() != key
    assert Desktop(tmp_path / "two", passphrase="さざ波と みかん畑").key() != key
    (tmp_path / "one" / "device.salt").write_bytes(b"short")
    with pytest.raises(Unreadable):
        key_from_passphrase("さざ波と みかん畑", tmp_path / "one" / "device.salt")


# ---- a computer ------------------------------------------------------------------------------------------------------


def test_the_first_dialog_that_answers_is_believed(tmp_path: Path) -> None:
    asked: list[list[str]] = []

    def answers(command: list[str]) -> str | None:
        asked.append(command)
        return {"zenity": None, "kdialog": "/home/hanako/書き出した.zip", "osascript": "/Users/h/x.zip"}.get(
            command[0]
        )

    desktop: Device = Desktop(tmp_path, runs=answers)
    assert desktop.pick_file() is not None
    desktop.notify("Tomoni", "--help")
    assert asked[-1][-3:] == ["--", "Tomoni", "--help"]  # a text is never taken for an option
    assert desktop.scan_camera() == ()
    assert (desktop.has_camera, desktop.has_text_dialog) == (False, False)
    assert Desktop(tmp_path, runs=lambda _: None).pick_file() is None


@pytest.mark.parametrize("program", ["zenity", "kdialog", "osascript"])
def test_a_file_is_saved_where_her_dialog_says(
    program: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "darwin" if program == "osascript" else "linux")
    chosen = tmp_path / "家計" / "医療費.csv"
    chosen.parent.mkdir()
    asked: list[list[str]] = []

    def answers(command: list[str]) -> str | None:
        asked.append(command)
        return str(chosen)

    desktop: Device = Desktop(tmp_path, runs=answers, has=lambda name: name == program)
    assert desktop.save_file("-x.csv", b"1,2") == str(chosen)
    assert chosen.read_bytes() == b"1,2"
    assert [command[0] for command in asked] == [program], "she is asked once"
    closed = Desktop(tmp_path, runs=lambda _: None, has=lambda name: name == program)
    assert closed.save_file("x.csv", b"") is None
    chosen.unlink()
    chosen.mkdir()
    with pytest.raises(Invalid) as refused:
        desktop.save_file("x.csv", b"1")
    assert refused.value.code == "file_not_saved"


def test_without_a_dialog_a_new_file_comes_among_her_downloads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    desktop = Desktop(tmp_path / "app", has=lambda _: False)
    assert desktop.save_file("a.csv", b"1") == str(tmp_path / "a.csv")
    (tmp_path / "Downloads").mkdir()
    kept = [desktop.save_file("a.csv", data) for data in (b"2", b"3", b"4")]
    names = ["a.csv", "a (2).csv", "a (3).csv"]
    assert kept == [str(tmp_path / "Downloads" / name) for name in names]
    contents = [(tmp_path / "Downloads" / name).read_bytes() for name in names]
    assert contents == [b"2", b"3", b"4"], "nothing is written over"


@pytest.mark.parametrize("there", [True, False])
def test_a_desktop_knows_whether_it_has_a_file_dialog(tmp_path: Path, there: bool) -> None:
    asked: list[str] = []

    def has(program: str) -> bool:
        asked.append(program)
        return there

    desktop: Device = Desktop(tmp_path, has=has)
    assert desktop.has_file_dialog is there
    assert asked
    assert set(asked) <= {"zenity", "kdialog", "osascript"}


def test_programs_are_asked_as_lists(tmp_path: Path) -> None:
    assert ran(["echo", "$(id)"]) == "$(id)"
    assert ran(["false"]) is None
    assert ran(["no-such-program-of-tomoni"]) is None


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOMONI_PHONE", str(tmp_path))
    assert home_folder() == tmp_path
    monkeypatch.delenv("TOMONI_PHONE")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert home_folder() == tmp_path / "data" / "tomoni"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert home_folder().name == "Tomoni"


def test_the_local_offset_is_in_minutes() -> None:
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    offset = moment.astimezone().utcoffset()
    assert offset is not None
    assert local_offset_min(moment) * 60 == offset.total_seconds()


# ---- codes in pictures -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "how", [{}, {"dark": "#003366", "light": "#ffeeaa"}, {"dark": "black", "light": None}]
)
def test_a_code_comes_out_as_its_bytes(how: dict[str, object]) -> None:
    assert read_codes(png(TECHO, **how)) == (TECHO,)


def test_a_picture_without_a_code_and_no_picture_at_all() -> None:
    assert read_codes(_png((8, 8), 8, 0, bytes(64))) == ()
    assert read_codes(b"not a picture") == ()


def test_another_reader_of_pictures_is_asked_first() -> None:
    whole = png_picture(png(TECHO))
    assert whole is not None
    assert read_codes(b"JPEG", lambda data: whole if data == b"JPEG" else None) == (TECHO,)


def _png(size: tuple[int, int], depth: int, colour: int, pixels: bytes, filters: bytes = b"") -> bytes:
    """A PNG of raw scan lines (already filtered where ``filters`` says so)."""
    width, height = size
    stride = len(pixels) // height
    lines = b"".join(
        (filters[y : y + 1] or b"\0") + pixels[y * stride : (y + 1) * stride] for y in range(height)
    )

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("depth", "colour", "pixels", "greys"),
    [
        (8, 0, b"\x00\x80\xff\x10", [0, 128, 255, 16]),
        (1, 0, b"\xa0\x50", [255, 0, 255, 0, 0, 255, 0, 255]),
        (4, 0, b"\x0f\xf0", [0, 255, 255, 0]),
        (8, 2, b"\xff\xff\xff\x00\x00\x00" * 2, [255, 0, 255, 0]),
        (8, 4, b"\x00\x00\x00\xff" * 2, [255, 0, 255, 0]),
        (8, 6, b"\x00\x00\x00\x00\x00\x00\x00\xff" * 2, [255, 0, 255, 0]),
    ],
)
def test_every_kind_of_png_that_we_read(depth: int, colour: int, pixels: bytes, greys: list[int]) -> None:
    found = png_picture(_png((len(greys) // 2, 2), depth, colour, pixels))
    assert found == Picture(len(greys) // 2, 2, bytes(greys))


def test_the_five_filters_of_png() -> None:
    # Rows of 10 20 30, each written by another filter (PNG specification, section 9).
    lines = bytes([10, 20, 30, 10, 10, 10, 0, 0, 0, 5, 5, 5, 0, 0, 0])
    found = png_picture(_png((3, 5), 8, 0, lines, bytes([0, 1, 2, 3, 4])))
    assert found is not None
    # none; left; up; average of left and up: 5+10//2, 5+(10+20)//2, 5+(20+30)//2; Paeth of the row above
    assert list(found.grey) == [10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30]


@given(st.binary(max_size=200), st.integers(0, 300))
def test_broken_pictures_are_no_pictures(noise: bytes, cut: int) -> None:
    whole = png(b"x", scale=1)
    for data in (b"\x89PNG\r\n\x1a\n" + noise, whole[:cut] + noise):
        found = png_picture(data)
        assert found is None or len(found.grey) == found.width * found.height


def test_a_picture_that_claims_to_be_huge_is_not_read() -> None:
    assert (
        png_picture(
            _png((1, 1), 8, 0, b"\0").replace(struct.pack(">II", 1, 1), struct.pack(">II", 60_000, 60_000))
        )
        is None
    )


# ---- Android, to its edge --------------------------------------------------------------------------------------------


def test_scanned_text_is_turned_back_into_its_bytes() -> None:
    assert scanned_bytes(TECHO.decode("latin-1")) == TECHO
    assert scanned_bytes("JAHISTC08" + "山田") == b"JAHISTC08" + "山田".encode("cp932")  # a kanji segment


class _Java:
    """What pyjnius would give: classes whose answers are lists of signed bytes."""

    def __init__(self, **answers: bytes) -> None:
        self.answers = answers
        self.mActivity = object()
        self.shown: list[tuple[str, str]] = []
        self.saved: list[tuple[str, str, bytes]] = []

    def ask(self, activity: object, what: str, title: str, text: str) -> list[int]:
        assert activity is self.mActivity
        return [value - 256 if value > 127 else value for value in self.answers[what]]

    def save(self, activity: object, name: str, kind: str, data: bytes) -> list[int]:
        assert activity is self.mActivity
        self.saved.append((name, kind, data))
        return [value - 256 if value > 127 else value for value in self.answers["save"]]

    def show(self, context: object, title: str, text: str) -> None:
        self.shown.append((title, text))


@pytest.fixture
def java(monkeypatch: pytest.MonkeyPatch) -> _Java:
    java = _Java(key=bytes(range(224, 256)), file="/data/書き出した.zip".encode(), scan=b"", text=b"")
    jnius = ModuleType("jnius")
    vars(jnius)["autoclass"] = lambda name: java
    monkeypatch.setitem(sys.modules, "jnius", jnius)
    monkeypatch.setenv("ANDROID_PRIVATE", "/data/tomoni")
    return java


def test_android_answers_through_java(java: _Java) -> None:
    phone: Device = Android()
    assert phone.folder == Path("/data/tomoni")
    assert phone.key() == bytes(range(224, 256))
    assert phone.pick_file() == Path("/data/書き出した.zip")
    java.answers["scan"] = TECHO.decode("latin-1").encode()
    assert phone.scan_camera() == (TECHO,)
    java.answers["text"] = "=ひざが痛い".encode()
    assert phone.write_text("メモ", "") == "ひざが痛い"
    java.answers["text"] = b"="
    assert phone.write_text("メモ", "") == ""
    phone.notify("Tomoni", "お薬の時間です")
    assert java.shown == [("Tomoni", "お薬の時間です")]


def test_android_saves_through_the_systems_dialog(java: _Java) -> None:
    phone: Device = Android()
    java.answers["save"] = "=医療費2025年.csv".encode()
    assert phone.save_file("医療費2025年.csv", b"1,2") == "医療費2025年.csv"
    assert phone.save_file("notes.tomoni", b"") is not None
    assert java.saved == [
        ("医療費2025年.csv", "text/csv", b"1,2"),
        ("notes.tomoni", "application/octet-stream", b""),
    ]
    java.answers["save"] = b""
    assert phone.save_file("x.csv", b"") is None
    java.answers["save"] = b"!"
    with pytest.raises(Invalid) as refused:
        phone.save_file("x.csv", b"")
    assert refused.value.code == "file_not_saved"


def test_android_closed_windows_and_a_refused_key(java: _Java) -> None:
    phone = Android()
    java.answers = {"key": b"", "file": b"", "scan": b"", "text": b""}
    assert (phone.pick_file(), phone.scan_camera(), phone.write_text("メモ", "x")) == (None, (), None)
    with pytest.raises(Unreadable) as refused:
        phone.key()
    assert refused.value.code == "store_locked"
