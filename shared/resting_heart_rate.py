"""Resting heart rate: what the device says, or else our own figure from its heart rates, said to be ours."""

from __future__ import annotations

from enum import StrEnum

from shared.languages import tr

# Ours, no published source: two quarters of an hour that follow one another, and six hours of readings at least.
QUARTERS_AT_REST, FEWEST_QUARTERS = 2, 24


class RestedBy(StrEnum):
    """Who worked a resting heart rate out."""

    DEVICE = "device"
    OURS = "ours"


def resting_definition(by: RestedBy) -> str:
    """What the figure is and where the rule is from."""
    if by is RestedBy.DEVICE:
        return tr("機器が自分で計算した安静時心拍数です。計算のしかたは機器ごとにちがいます。")
    return tr(
        "機器の値がないので、Tomoni が心拍数から計算しました。その日の、つづく30分の平均のうち、いちばん低い値です。"
        "6時間以上の記録がある日だけ出します。公表された基準ではなく、Tomoni の決まりです。"
    )
