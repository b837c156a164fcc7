"""The prescriptions of one file, whichever format carried them: one person, versions that are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shared.formats import Identity, Piece, Trouble
from shared.formats.rx_lines import Sheet
from shared.formats.rx_records import Prescription
from shared.medicines import Signature
from shared.problems import Unreadable

# 0 is SJ1, which carries no version. Others have the same shape as far as is known.
_VERIFIED = (0, 9, 10)


class People:
    """Whose papers a file holds: the same person is told once, a second one is told with a warning."""

    def __init__(self) -> None:
        self._known: list[Identity] = []

    def pass_on(self, pieces: Iterable[Piece], where: str) -> Iterator[Piece]:
        """The pieces as they come, without repeating who it is."""
        for piece in pieces:
            if isinstance(piece, Identity):
                if piece in self._known:
                    continue
                if self._known:
                    yield Trouble(where, Unreadable("jahis_two_people"))
                self._known.append(piece)
            yield piece


def prescription(sheet: Sheet, origin: str, signature: Signature) -> Iterator[Piece]:
    """What one prescription says."""
    if sheet.version not in _VERIFIED:
        yield Trouble(sheet.header.where, Unreadable("rx_version", version=sheet.version))
    yield from Prescription(sheet, origin, signature).pieces()
