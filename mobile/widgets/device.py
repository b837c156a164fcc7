"""What the device in hand can do, as far as the looks depend on it; set once by the app."""

from __future__ import annotations

_text_dialog = [False]


def set_text_dialog(there: bool) -> None:
    """Say whether the device has a text dialog of its own (Android: the right keyboard, voice, TalkBack)."""
    _text_dialog[0] = there


def has_text_dialog() -> bool:
    """Whether free text is asked for in the device's own dialog instead of a field of ours."""
    return _text_dialog[0]
