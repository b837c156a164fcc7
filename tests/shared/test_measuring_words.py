from __future__ import annotations

from shared.measuring_words import status_words, statuses
from shared.vitals import MeasuringStatus


def test_what_a_device_said_has_words_in_one_order() -> None:
    said = [status_words(each) for each in MeasuringStatus]
    assert len(set(said)) == len(MeasuringStatus)
    assert statuses(frozenset(MeasuringStatus)) == statuses(reversed(MeasuringStatus)) == said
    assert statuses(()) == []


def test_what_a_device_said_is_its_word_and_no_diagnosis() -> None:
    for each in MeasuringStatus:
        assert "機器" in status_words(each)
