"""What the device in hand can do, as far as the looks depend on it; set once by the app."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _Abilities:
    text_dialog: bool = False
    camera: bool = False
    file_dialog: bool = True


_here = _Abilities()


def able(*, text_dialog: bool, camera: bool, file_dialog: bool) -> None:
    """Say what the device has: a text dialog of its own (the right keyboard, voice, TalkBack), a scanning camera, a
    file dialog."""
    _here.text_dialog, _here.camera, _here.file_dialog = text_dialog, camera, file_dialog


def has_text_dialog() -> bool:
    """Whether free text is asked for in the device's own dialog instead of a field of ours."""
    return _here.text_dialog


def has_camera() -> bool:
    """Whether codes can be scanned with the camera."""
    return _here.camera


def has_file_dialog() -> bool:
    """Whether a file can be chosen in a dialog; where not, it is dropped on the window."""
    return _here.file_dialog
