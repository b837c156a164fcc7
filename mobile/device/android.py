"""An Android phone as the device, through a few small Java classes (mobile/java). Not tested on a device.

The classes do the waiting: a call here blocks its worker until she is done, and no Python is called back from Java.
"""

from __future__ import annotations

import mimetypes
import os
from datetime import datetime
from pathlib import Path
from typing import Protocol, cast

from mobile.device import Pixels, local_offset_min
from mobile.device.bluetooth import Bluetooth
from mobile.device.pictures import read_codes
from mobile.receiving import Radio
from mobile.reminders import MOST
from mobile.store.lock import KEY_BYTES
from shared import clock
from shared.languages import tr
from shared.problems import Invalid, Unreadable

_Answer = bytes | bytearray | list[int] | None


class _Answers(Protocol):
    def ask(self, activity: object, what: str, title: str, text: str) -> _Answer: ...

    def save(self, activity: object, name: str, kind: str, data: bytes) -> _Answer: ...


class _Notices(Protocol):
    def show(self, context: object, title: str, text: str) -> None: ...


class _Alarms(Protocol):
    def set(self, context: object, number: int, at: int, title: str, text: str) -> None: ...

    def clear(self, context: object, numbers: int) -> None: ...


class Android:
    """The phone in hand. To be made on the main thread: only there Java finds the classes of this app."""

    has_camera = True
    has_text_dialog = True
    has_file_dialog = True

    def __init__(self, pixels: Pixels | None = None) -> None:
        from jnius import autoclass

        self._activity: object = autoclass("org.kivy.android.PythonActivity").mActivity
        self._answers = cast("_Answers", autoclass("jp.tomoni.phone.Answers"))
        self._notices = cast("_Notices", autoclass("jp.tomoni.phone.Notices"))
        self._alarms = cast("_Alarms", autoclass("jp.tomoni.phone.Alarms"))
        self._rings = 0
        self._pixels = pixels

    @property
    def folder(self) -> Path:
        """The app's private folder."""
        return Path(os.environ["ANDROID_PRIVATE"])

    def key(self) -> bytes:
        """Unwrapped by the Android Keystore after she unlocked it; `Unreadable` ``store_locked`` if she did not."""
        found = self._ask("key", tr("記録を開きます"))
        if len(found) != KEY_BYTES:
            raise Unreadable("store_locked")
        return found

    def offset_min(self, moment: datetime) -> int:
        """The local offset to UTC at ``moment``, in minutes."""
        return local_offset_min(moment)

    def notify(self, title: str, text: str) -> None:
        """A notice in the status bar, hidden on a locked screen."""
        self._notices.show(self._activity, title, text)

    def ring_at(self, moment: datetime, title: str, text: str) -> None:
        """An alarm of the system; it may come some minutes late, and is gone after the phone was switched off."""
        self._alarms.set(self._activity, self._rings, clock.to_ms(moment), title, text)
        self._rings += 1

    def ring_no_more(self) -> None:
        """The alarms of this app, however many were set."""
        self._alarms.clear(self._activity, MOST)
        self._rings = 0

    def pick_file(self) -> Path | None:
        """The system's own file picker; the file is copied into our folder."""
        found = self._ask("file", "")
        return Path(found.decode()) if found else None

    def save_file(self, name: str, data: bytes) -> str | None:
        """The system's own dialog for a new document; nothing is written in our folder on the way."""
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        found = _plain(self._answers.save(self._activity, name, kind, data))
        if found and not found.startswith(b"="):
            raise Invalid("file_not_saved")
        return found[1:].decode() if found else None

    def scan_camera(self) -> tuple[bytes, ...]:
        """One code before the camera, as its raw bytes."""
        found = self._ask("scan", "")
        return (scanned_bytes(found.decode()),) if found else ()

    def read_codes(self, picture: bytes) -> tuple[bytes, ...]:
        """Codes in a picture, where zxing-cpp is in the app; else none."""
        try:
            return read_codes(picture, self._pixels)
        except ImportError:
            return ()

    def write_text(self, title: str, text: str) -> str | None:
        """A native text field; None if she closed it."""
        found = self._ask("text", title, text)
        return found[1:].decode() if found else None

    def bluetooth(self) -> Radio:
        """Through bleak's part for python-for-android."""
        return Bluetooth()

    def _ask(self, what: str, title: str, text: str = "") -> bytes:
        return _plain(self._answers.ask(self._activity, what, title, text))


def _plain(answer: _Answer) -> bytes:
    """The bytes of an answer: pyjnius gives a Java byte[] as a list of signed numbers or a bytearray, by version."""
    return b"" if answer is None else bytes(value & 0xFF for value in answer)


def scanned_bytes(text: str) -> bytes:
    """The bytes of a code whose byte segments were read as Latin-1 and whose kanji segments are Japanese characters."""
    return b"".join(bytes((ord(c),)) if ord(c) < 0x100 else c.encode("cp932", "replace") for c in text)
