"""What a device said about the measuring itself, in words: beside the value, which is kept as it is."""

from __future__ import annotations

from collections.abc import Iterable

from shared.languages import tr
from shared.vitals import MeasuringStatus


def status_words(status: MeasuringStatus) -> str:
    """One thing that the device said."""
    match status:
        case MeasuringStatus.IRREGULAR_PULSE:
            return tr("脈の不規則（機器の表示）")
        case MeasuringStatus.MOVED:
            return tr("体の動き（機器の表示）")
        case MeasuringStatus.CUFF_LOOSE:
            return tr("腕帯のゆるみ（機器の表示）")
        case MeasuringStatus.WRONG_POSITION:
            return tr("測る位置のずれ（機器の表示）")
        case MeasuringStatus.AVERAGED:
            return tr("機器が出した平均")


def statuses(found: Iterable[MeasuringStatus]) -> list[str]:
    """All that it said, always in the same order; empty as a rule."""
    told = set(found)
    return [status_words(each) for each in MeasuringStatus if each in told]
