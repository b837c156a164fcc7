"""Benchmarks: no format of a device goes unmeasured."""

from __future__ import annotations

from benchmarks.formats import GENERATORS, NO_DEVICE, WITHOUT_LIMIT
from shared.formats import FORMATS


def test_every_format_of_a_device_has_a_made_up_file_to_be_timed_with() -> None:
    assert set(GENERATORS) == set(FORMATS) - set(NO_DEVICE)
    assert set(NO_DEVICE) <= set(FORMATS)


def test_only_the_format_that_others_read_for_us_has_no_limit() -> None:
    assert WITHOUT_LIMIT == ("garmin_fit",)
