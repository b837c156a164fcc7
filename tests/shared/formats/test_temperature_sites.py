"""Where a temperature was measured: each maker's places are the body's or the skin's, and none is left undecided."""

from __future__ import annotations

import pytest

from shared.formats.temperature_sites import ANDROID, BLUETOOTH, BODY, HEALTHKIT, SKIN, kept_as, numbered
from shared.problems import Invalid

COLD = {"finger", "toe", "wrist"}
# The codes of the public guide to personal health records (Body Temperature Measurement Location Codes).
GUIDE = (
    "other", "armpit", "body", "ear", "finger", "gastroIntestinal", "mouth", "rectum", "toe", "earDrum",
    "temporalArtery", "forehead", "vagina", "wrist",
)  # fmt: skip


@pytest.mark.parametrize("sites", [ANDROID, BLUETOOTH, HEALTHKIT])
def test_each_number_of_a_maker_is_the_body_or_the_skin(sites: dict[str, str]) -> None:
    assert {each: numbered(each, sites) for each in sites} == {
        each: SKIN if word in COLD else BODY for each, word in sites.items()
    }


def test_the_words_of_the_guide() -> None:
    assert {each for each in GUIDE if kept_as(each) == SKIN} == COLD


@pytest.mark.parametrize(
    "word",
    [
        "Skin structure",
        "left wrist",
        "Index fingers",
        "SKIN",
        "手くび",
        "皮膚",
        "skin of forehead",
        "ＳＫＩＮ",
    ],
)
def test_skin_however_it_is_spelled(word: str) -> None:
    assert kept_as(word) == SKIN


@pytest.mark.parametrize("word", ["", " ", "unknown", "Ear structure (body structure)", "わきの下", "Armpit"])
def test_body_however_it_is_spelled(word: str) -> None:
    assert kept_as(word) == BODY


@pytest.mark.parametrize("word", ["kidney", "99", "部屋", "\x00", "x" * 5000])
def test_a_place_that_nobody_knows_is_neither(word: str) -> None:
    with pytest.raises(Invalid) as raised:
        kept_as(word)
    assert raised.value.code == "temperature_site"
    assert len(raised.value.message()) < 200
