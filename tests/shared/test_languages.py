"""People are spoken to in their language: Japanese is the source, English is complete, blanks are filled."""

from __future__ import annotations

import threading

import pytest

from shared.languages import current, speak, speaking, tr

TEXT = "2回の平均は {average} です。"


def test_japanese_is_the_source_and_needs_no_file() -> None:
    assert current() == "ja"
    assert tr(TEXT, average="128/78") == "2回の平均は 128/78 です。"


def test_english_and_back() -> None:
    with speaking("en"):
        assert current() == "en"
        assert tr(TEXT, average="128/78") == "The average of the 2 readings is 128/78."
        with speaking("ja"):
            assert tr("晩") == "晩"
        assert tr("晩") == "Evening"
    assert tr("晩") == "晩"


def test_japanese_comes_back_after_a_failure() -> None:
    with pytest.raises(KeyError), speaking("en"):
        raise KeyError
    assert current() == "ja"


def test_an_unknown_language_is_japanese_and_an_unknown_text_is_itself() -> None:
    with speaking("fr"):
        assert current() == "ja"
    with speaking("en"):
        assert tr("ここにない文") == "ここにない文"
        assert tr("") == ""


def test_braces_are_left_alone_when_nothing_is_filled_in() -> None:
    assert tr("{name}") == "{name}"


def test_the_phone_speaks_one_language_everywhere_and_a_block_another() -> None:
    speak("en")
    try:
        assert tr("朝") == "Morning"
        with speaking("ja"):
            assert tr("朝") == "朝"
        speak("xx")
        assert current() == "ja"
    finally:
        speak("ja")


def test_two_people_are_answered_at_once_each_in_her_language() -> None:
    heard: dict[str, str] = {}
    together = threading.Barrier(2, timeout=30)

    def answer(language: str) -> None:
        with speaking(language):
            together.wait()
            heard[language] = tr("朝")
            together.wait()

    people = [threading.Thread(target=answer, args=(language,)) for language in ("ja", "en")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert heard == {"ja": "朝", "en": "Morning"}
