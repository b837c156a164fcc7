"""Which characters and which icons the fonts of Tomoni carry: a name of a person must never turn into an empty box."""

from __future__ import annotations

from collections.abc import Iterator

# cp932 lacks 〜 (U+301C) and, like JIS X 0213, 𠮷 (U+20BB7, as in 𠮷田); the rest are what Unix and Windows
# convert differently out of the same Shift_JIS bytes, so both forms arrive in real files.
BY_HAND = "𠮷〜−‖¢£¬—～∥－￠￡￢髙﨑德濵①㎎Ⅱ℃ｱ"
_SIGNS = "✓•…–—‘’“”≤≥≠±×÷←→↑↓⇒△▲▽▼○●◎□■◇◆☆★µ²³½¼¾°"

ICONS = (
    "account", "account-multiple", "alert", "alert-circle-outline", "backspace", "bell", "calendar",
    "calendar-clock", "camera", "card-account-details", "chart-line", "check", "check-circle", "chevron-left",
    "chevron-right", "circle-outline", "clock-outline", "close", "cloud-check", "cloud-off-outline", "cog",
    "delete", "doctor", "dots-horizontal", "download", "eye", "eye-off", "file-document", "heart-pulse",
    "history", "home", "hospital-building", "human-male-height", "import", "information", "lock", "logout",
    "lungs", "magnify", "message-text", "minus-circle-outline", "pencil", "pill", "plus", "plus-circle-outline",
    "qrcode",
    "qrcode-scan", "refresh", "scale-bathroom", "share-variant", "shield-account", "stethoscope", "store",
    "tape-measure", "thermometer", "translate", "undo", "volume-high", "walk", "water",
)  # fmt: skip


def text_characters() -> frozenset[int]:
    """Code points of every text that may be shown: Latin to U+017F, cp932, JIS X 0213 and those by hand."""
    latin = range(0x20, 0x180)
    chosen = {*latin, *map(ord, BY_HAND + _SIGNS), *_double_bytes("cp932"), *_double_bytes("shift_jis_2004")}
    return frozenset(point for point in chosen if point >= 0x20 and not 0x7F <= point < 0xA0)


def _double_bytes(encoding: str) -> Iterator[int]:
    """What one or two bytes of an encoding of the Shift_JIS family stand for (half-width kana are single bytes)."""
    for lead in range(0x81, 0xFD):
        yield from _decoded(bytes([lead]), encoding)
        for trail in range(0x40, 0xFD):
            yield from _decoded(bytes([lead, trail]), encoding)


def _decoded(sequence: bytes, encoding: str) -> Iterator[int]:
    try:
        yield from map(ord, sequence.decode(encoding))
    except UnicodeDecodeError:
        return
