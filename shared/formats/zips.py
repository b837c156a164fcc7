"""Opening zip files that strangers made: names checked, sizes bounded, members streamed and never extracted."""

from __future__ import annotations

import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, BinaryIO

from shared.languages import tr
from shared.problems import Unreadable

# An Apple export of ten years has about 3,000 workout routes beside one XML file of 3.1 GB, which shrinks 20 to 30
# times (formats/wearables.md sections 1.5 and 2). Deflate cannot shrink more than 1,032 times. The limits stand well
# above the first and well below the second.
MAX_MEMBERS = 50_000
MAX_EXPANDED = 16 * 1024**3
MAX_RATIO = 200
# Below this a high ratio harms nobody (an empty table of zeros shrinks a thousand times).
RATIO_FROM = 16 * 1024**2
# The same of all members together: many small ones that unfold.
RATIO_OF_ALL_FROM = 256 * 1024**2
# A zip inside a zip is opened by no more than this many steps.
MAX_NESTING = 1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
# The size of a member stands behind it, as where a zip is written while it is sent.
_SIZE_LATER = 0x8
# What every entry of the list of contents begins with.
_ENTRY = b"PK\x01\x02"


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a zip: its name (NFC, ``/`` between folders), its expanded size, and where the zip keeps it."""

    name: str
    size: int
    info: zipfile.ZipInfo


class Stream:
    """The expanded bytes of one member, a piece at a time.

    The standard library stops at the size that the zip promised (which was checked) and then compares the checksum.
    """

    def __init__(self, opened: IO[bytes]) -> None:
        self._opened = opened

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes or fewer, none at the end. A broken member is an `Unreadable`."""
        try:
            return self._opened.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise _refused(tr("こわれています")) from error


class Zip:
    """A zip whose list of contents has been found harmless. Nothing is written to disk.

    ``nesting`` is 0 for a file as it was given, 1 for a zip found inside it. An `Unreadable` says what was refused.
    """

    def __init__(self, file: BinaryIO, nesting: int = 0) -> None:
        if nesting > MAX_NESTING:
            raise _refused(tr("zip の中に zip が重なっています"))
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise _refused(tr("こわれています")) from error
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS:
            raise _refused(tr("中のファイルが多すぎます"))
        _check_list(infos)
        _check_sizes(infos)
        _check_overlap(infos)
        self.members = tuple(_member(info) for info in infos if not info.filename.endswith("/"))
        if len({member.name for member in self.members}) != len(self.members):
            raise _refused(tr("同じ名前のファイルが二つあります"))

    def open(self, member: Member) -> Stream:
        """A stream of ``member``, expanded as it is read."""
        try:
            return Stream(self._zip.open(member.info))
        except (zipfile.BadZipFile, RuntimeError, OSError, NotImplementedError, ValueError) as error:
            raise _refused(
                tr("こわれています")
            ) from error  # ValueError: a name that is not the UTF-8 it says


def first_names(head: bytes) -> list[str]:
    """Names (NFC) of the members whose headers stand in the first bytes of a zip; empty when it is none.

    What a member holds is passed over, so that the names inside a zip that lies in this one are none of them.
    """
    names = []
    at = 0 if head.startswith(b"PK\x03\x04") else -1
    while 0 <= at <= len(head) - 30:
        flags, method = (int.from_bytes(head[at + each : at + each + 2], "little") for each in (6, 8))
        length, extra = (int.from_bytes(head[at + each : at + each + 2], "little") for each in (26, 28))
        raw = head[at + 30 : at + 30 + length]
        if length and len(raw) == length:
            names.append(unicodedata.normalize("NFC", raw.decode("utf-8", "replace")))
        after = at + 30 + length + extra
        if not flags & _SIZE_LATER:
            after += int.from_bytes(head[at + 18 : at + 22], "little")
        elif method == zipfile.ZIP_STORED:
            break  # a zip in it would be taken for more of this one
        at = head.find(b"PK\x03\x04", after)
    return names


def _refused(why: str) -> Unreadable:
    return Unreadable("zip_refused", why=why)


def _member(info: zipfile.ZipInfo) -> Member:
    name = _name(info)
    parts = name.split("/")
    if (
        not name
        or "\\" in name
        or "\0" in name
        or parts[0][1:2] == ":"
        or name.startswith("/")
        or ".." in parts
    ):
        raise _refused(tr("ファイルの名前が安全ではありません"))
    if stat.S_ISLNK(info.external_attr >> 16):
        raise _refused(tr("ほかの場所を指すリンクが入っています"))
    if info.flag_bits & _ENCRYPTED:
        raise _refused(tr("パスワードがかかっています"))
    if info.compress_type not in _METHODS:
        raise _refused(tr("圧縮の方式を扱えません"))
    return Member(name, info.file_size, info)


def _name(info: zipfile.ZipInfo) -> str:
    """The name as its maker meant it: many programs write UTF-8 or CP932 without saying so."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "cp932"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name)


def _check_list(infos: Iterable[zipfile.ZipInfo]) -> None:
    """A damaged length in the list of contents swallows the entries behind it, without a word."""
    for info in infos:
        if _ENTRY in info.comment or _ENTRY in info.extra or _ENTRY.decode() in info.orig_filename:
            raise _refused(tr("こわれています"))


def _check_sizes(infos: Iterable[zipfile.ZipInfo]) -> None:
    expanded = packed = 0
    for info in infos:
        expanded += info.file_size
        packed += info.compress_size
        if info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * max(1, info.compress_size):
            raise _refused(tr("広げると大きくなりすぎます"))
    if expanded > MAX_EXPANDED or (expanded > RATIO_OF_ALL_FROM and expanded > MAX_RATIO * packed):
        raise _refused(tr("広げると大きくなりすぎます"))


def _check_overlap(infos: Iterable[zipfile.ZipInfo]) -> None:
    """Members that share bytes are how a small zip without a high ratio becomes a huge one."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise _refused(tr("中のファイルが重なっています"))
        end = info.header_offset + 30 + info.compress_size
