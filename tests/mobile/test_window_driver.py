from __future__ import annotations

from pathlib import Path

import pytest
from kivy.app import App
from kivy.lang import Builder
from kivy.uix.widget import Widget

from tests.mobile.driver import Driver

FONT = Path(__file__).resolve().parents[2] / "mobile" / "fonts" / "NotoSansJP-Regular.ttf"

PAGE = f"""
#:set font {str(FONT)!r}
BoxLayout:
    orientation: 'vertical'
    Label:
        id: answer
        font_name: font
        text: '[b]まだ[/b]です'
        markup: True
    TextInput:
        id: field
        font_name: font
        hint_text: 'お名前'
        multiline: False
    ScrollView:
        BoxLayout:
            orientation: 'vertical'
            size_hint_y: None
            height: 4000
            Label:
                text: 'top'
            Button:
                font_name: font
                text: '下のボタン'
                size_hint_y: None
                height: 48
                on_release: answer.text = field.text + 'さん'
    Label:
        text: 'hidden'
        opacity: 0
"""


class OnePage(App):  # type: ignore[misc]  # Kivy's classes are untyped
    def build(self) -> Widget:
        return Builder.load_string(PAGE)


def test_a_person_types_scrolls_taps_and_reads() -> None:
    with Driver(OnePage()) as phone:
        assert phone.texts() == ["まだです", "お名前", "top", "下のボタン"]
        phone.tap("お名前")
        phone.type("花子")
        phone.tap("下のボタン")
        phone.wait_for("花子さん")


def test_what_is_not_there_cannot_be_tapped() -> None:
    with Driver(OnePage()) as phone:
        with pytest.raises(AssertionError, match="is not on the screen"):
            phone.tap("hidden")
        with pytest.raises(AssertionError, match="tap one first"):
            phone.type("花子")


def test_a_second_app_finds_an_empty_window(tmp_path: Path) -> None:
    with Driver(OnePage()) as phone:
        first = phone.shot(tmp_path / "first.png").read_bytes()
    with Driver(OnePage()) as phone:
        assert phone.texts()[0] == "まだです"
        assert phone.shot(tmp_path / "second.png").read_bytes() == first


class Nothing(App):  # type: ignore[misc]  # Kivy's classes are untyped
    def build(self) -> Widget:
        return Widget()


def test_an_empty_picture_is_noticed(tmp_path: Path) -> None:
    with Driver(Nothing()) as phone, pytest.raises(AssertionError, match="one colour"):
        phone.shot(tmp_path / "nothing.png")
