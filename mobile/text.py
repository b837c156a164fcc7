"""Japanese line breaking: which lines a text makes in a given width, by the rules of kinsoku (JIS X 4051, the core).

Kivy breaks anywhere between two Japanese characters, so a line could begin with a full stop. Here: no line begins
with a closing mark or a small kana, none ends with an opening one, and a number, a unit or a Latin word is whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

NOT_FIRST = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー）〕］｝〉》」』】〙〗〟’”｠»"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
    "‐゠–〜～?!‼⁇⁈⁉:;/,.)]}%％℃‰°′″ｰ｡､｣･ﾞﾟｧｨｩｪｫｯｬｭｮ"
)
NOT_LAST = frozenset("（〔［｛〈《「『【〘〖〝‘“｟«([{｢￥＄")

# A blood pressure (128 / 78) stays whole, and so does a run of Latin letters, digits and their marks; a blank is its
# own piece; the rest goes by character.
_PIECES = re.compile(r"\d+ / \d+|[ \t]+|[0-9A-Za-zÀ-ɏ.,:;/%+\-'’\"()\[\]#&@_=<>*?!℃°µμ]+|.", re.DOTALL)

NEAR = 0.9
Measure = Callable[[str], float]


def wrap_ja(text: str, width: float, measure: Measure) -> list[str]:
    """The lines of ``text`` no wider than ``width`` as ``measure`` (width of a string, same unit) sees them.

    Line feeds of the text are kept. Never loses or adds a visible character; blanks at a line's end go.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap_paragraph(paragraph, width, measure))
    return lines


def balanced(text: str, width: float, measure: Measure) -> list[str]:
    """As `wrap_ja`, with lines of about one length: a button's last line is not a single character."""
    lines = wrap_ja(text, width, measure)
    low, high = width / max(len(lines), 1), width
    while len(lines) > 1 and high - low > 2:
        middle = (low + high) / 2
        tighter = wrap_ja(text, middle, measure)
        if len(tighter) > len(lines) or any(measure(line) > width for line in tighter):
            low = middle
        else:
            high, lines = middle, tighter
    return lines


def _wrap_paragraph(text: str, width: float, measure: Measure) -> Iterator[str]:
    line: list[str] = []
    used = 0.0
    for piece in _pieces(text, width, measure):
        wide = measure(piece)
        if (
            line and used + wide > width * NEAR
        ):  # widths of pieces are rounded: near the edge the line itself counts
            used = measure("".join((*line, piece))) - wide
        if line and used + wide > width and not piece.isspace():
            carried = _carried(line, piece)
            yield "".join(line).rstrip()
            line = carried
            used = sum(measure(one) for one in line)
        if line or not piece.isspace():
            line.append(piece)
            used += wide
    yield "".join(line).rstrip()


def _pieces(text: str, width: float, measure: Measure) -> Iterator[str]:
    """What may not be broken; a word wider than a whole line is given by the character, else it would be cut off."""
    for piece in _PIECES.findall(text):
        if len(piece) > 1 and not piece.isspace() and measure(piece) > width:
            yield from piece
        else:
            yield piece


def _carried(line: list[str], piece: str) -> list[str]:
    """What moves from the end of the full line to the next so that neither breaks a rule; taken off ``line``.

    At most half a line moves: a row of a hundred full stops has no good break, and then any is taken.
    """
    most = len(line) // 2
    carried: list[str] = []
    first = piece
    while len(carried) < most and (first[0] in NOT_FIRST or line[-1][-1] in NOT_LAST):
        first = line.pop()
        carried.insert(0, first)
    if first[0] in NOT_FIRST or line[-1][-1] in NOT_LAST:
        line.extend(carried)
        return []
    return [one for index, one in enumerate(carried) if index or not one.isspace()]
