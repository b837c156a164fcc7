"""A computer as the device: its files, its dialogs where there are any, codes from pictures instead of a camera."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from mobile.device import Pixels, local_offset_min
from mobile.device.bluetooth import Bluetooth
from mobile.device.keys import key_from_file, key_from_passphrase
from mobile.device.pictures import read_codes
from mobile.receiving import Radio
from shared.problems import Invalid

# Runs a program and gives its answer's first line, None when it failed or was cancelled.
Runs = Callable[[list[str]], str | None]


def ran(command: list[str]) -> str | None:
    """What ``command`` printed; None when it is not there, failed or was cancelled."""
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.removesuffix("\n") if done.returncode == 0 else None


class Desktop:
    """A computer. ``passphrase`` makes the key, else a private file holds it. ``pixels`` reads more than PNG."""

    def __init__(
        self,
        folder: Path,
        passphrase: str | None = None,
        pixels: Pixels | None = None,
        runs: Runs = ran,
        has: Callable[[str], bool] = lambda program: shutil.which(program) is not None,
    ) -> None:
        self.folder = folder
        self._passphrase = passphrase
        self._pixels = pixels
        self._runs = runs
        self._has = has

    has_camera = False

    @property
    def has_text_dialog(self) -> bool:
        """A computer's own field in our window serves better than a second window."""
        return False

    @property
    def has_file_dialog(self) -> bool:
        """Whether this desktop has one of the dialogs that we know how to open."""
        return any(self._has(command[0]) for command in _file_dialogs())

    def key(self) -> bytes:
        """The device's key."""
        if self._passphrase is None:
            return key_from_file(self.folder / "device.key")
        return key_from_passphrase(self._passphrase, self.folder / "device.salt")

    def offset_min(self, moment: datetime) -> int:
        """The local offset to UTC at ``moment``, in minutes."""
        return local_offset_min(moment)

    def notify(self, title: str, text: str) -> None:
        """Through the desktop's notices where there are any."""
        self._runs(["notify-send", "--app-name=Tomoni", "--", title, text])

    def ring_at(self, moment: datetime, title: str, text: str) -> None:
        """Nothing: a computer's window rings for nobody who is not before it."""

    def ring_no_more(self) -> None:
        """Nothing to forget."""

    def pick_file(self) -> Path | None:
        """The desktop's file dialog (zenity, kdialog, osascript); None without one, then a file can be dropped."""
        for command in _file_dialogs():
            chosen = self._runs(command)
            if chosen:
                return Path(chosen)
        return None

    def save_file(self, name: str, data: bytes) -> str | None:
        """Where the desktop's dialog says; without one a new file among her downloads."""
        dialog = next((each for each in _save_dialogs(name) if self._has(each[0])), None)
        chosen = self._runs(dialog) if dialog else str(_unused(_downloads() / name))
        if not chosen:
            return None
        try:
            Path(chosen).write_bytes(data)
        except OSError as error:
            raise Invalid("file_not_saved") from error
        return chosen

    def scan_camera(self) -> tuple[bytes, ...]:
        """No camera here: choose a picture."""
        return ()

    def read_codes(self, picture: bytes) -> tuple[bytes, ...]:
        """The raw bytes of every code in a picture."""
        return read_codes(picture, self._pixels)

    def write_text(self, title: str, text: str) -> str | None:
        """The desktop's entry dialog where there is one."""
        return self._runs(["zenity", "--entry", f"--title={title}", f"--entry-text={text}"])

    def bluetooth(self) -> Radio:
        """Through bleak, where this computer has Bluetooth."""
        return Bluetooth()


def home_folder() -> Path:
    """Where the app keeps its files on this computer: ``TOMONI_PHONE`` if set, else the user's data folder."""
    chosen = os.environ.get("TOMONI_PHONE")
    if chosen:
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Tomoni"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "tomoni"


def _file_dialogs() -> list[list[str]]:
    if sys.platform == "darwin":
        return [["osascript", "-e", "POSIX path of (choose file)"]]
    return [["zenity", "--file-selection"], ["kdialog", "--getopenfilename", str(Path.home())]]


def _save_dialogs(name: str) -> list[list[str]]:
    if sys.platform == "darwin":
        asks = "POSIX path of (choose file name default name (item 1 of argv))"
        return [["osascript", "-e", "on run argv", "-e", asks, "-e", "end run", name]]
    beside = str(_downloads() / name)
    return [
        ["zenity", "--file-selection", "--save", "--confirm-overwrite", f"--filename={beside}"],
        ["kdialog", "--getsavefilename", beside],
    ]


def _downloads() -> Path:
    """Her downloads, where she has such a folder."""
    folder = Path.home() / "Downloads"
    return folder if folder.is_dir() else Path.home()


def _unused(path: Path) -> Path:
    """``path``, or beside it under a number: nothing of hers is written over."""
    numbered = (path.with_stem(f"{path.stem} ({n})") for n in count(2))
    return next(each for each in chain([path], numbered) if not each.exists())
