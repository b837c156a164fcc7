"""What the device in hand can do, as far as the looks depend on it; set once by the app."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _Abilities:
    text_dialog: bool = False
    camera: bool = False


_here = _Abilities()


def able(*, text_dialog: bool, camera: bool) -> None:
    """Say what the device has: a text dialog of its own (the right keyboard, voice, TalkBack), a scanning camera."""
    _here.text_dialog, _here.camera = text_dialog, camera


def has_text_dialog() -> bool:
    """Whether free text is asked for in the device's own dialog instead of a field of ours."""
    return _here.text_dialog


def has_camera() -> bool:
    """Whether codes can be scanned with the camera."""
    return _here.camera
