"""What only the device can do, as one port: its key, files, codes, words, notices; for desktop and Android."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from mobile.receiving import Radio


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in grey: ``width`` x ``height`` bytes, 0 black to 255 white, row by row."""

    width: int
    height: int
    grey: bytes


# Turns the bytes of a picture file into greys; the window toolkit can read more kinds than we do.
Pixels = Callable[[bytes], Picture | None]


class Device(Protocol):
    """The device under the app. What asks the person something blocks its caller until she is done."""

    @property
    def folder(self) -> Path:
        """Where the app keeps its files, private to it."""

    @property
    def has_camera(self) -> bool:
        """Whether `scan_camera` can see anything here."""

    @property
    def has_text_dialog(self) -> bool:
        """Whether `write_text` opens a dialog here; where not, the app uses a field of its own."""

    @property
    def has_file_dialog(self) -> bool:
        """Whether `pick_file` can ask her; where not, she drops a file on the window."""

    def key(self) -> bytes:
        """The device's key, 32 bytes; made at the first time. `Unreadable` ``store_locked`` if it cannot be had."""

    def offset_min(self, moment: datetime) -> int:
        """The local offset to UTC at ``moment``, in minutes."""

    def notify(self, title: str, text: str) -> None:
        """A notice outside the app. No health value is ever in it."""

    def ring_at(self, moment: datetime, title: str, text: str) -> None:
        """Show this notice at ``moment``, also when the app is closed. No health value is ever in it."""

    def ring_no_more(self) -> None:
        """Forget every ring that is still to come."""

    def pick_file(self) -> Path | None:
        """Let her choose a file; None if she did not."""

    def save_file(self, name: str, data: bytes) -> str | None:
        """Let her choose where ``data`` is kept as a file, called ``name`` if she changes nothing; where that is, in
        words, None if she did not choose. `Invalid` ``file_not_saved`` if it cannot be written."""

    def scan_camera(self) -> tuple[bytes, ...]:
        """The raw bytes of the codes that the camera saw; empty if she closed it or there is none."""

    def read_codes(self, picture: bytes) -> tuple[bytes, ...]:
        """The raw bytes of every code in a picture (the bytes of a PNG or JPEG file)."""

    def write_text(self, title: str, text: str) -> str | None:
        """The device's own text dialog (its input method, its voice input); None if she closed it or there is none."""

    def bluetooth(self) -> Radio:
        """Its Bluetooth, for health devices."""


def local_offset_min(moment: datetime) -> int:
    """What the operating system says the local offset to UTC is at ``moment``, in minutes."""
    offset = moment.astimezone().utcoffset()
    assert offset is not None
    return int(offset.total_seconds()) // 60


def on_android() -> bool:
    """Whether this runs inside an Android app (python-for-android sets it)."""
    return "ANDROID_ARGUMENT" in os.environ
