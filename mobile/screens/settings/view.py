"""Paints the settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.metrics import dp
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from mobile import theme, wording
from mobile.screens.settings.state import State, language_options, reminder_times, size_options
from mobile.widgets.buttons import IconButton, WideButton
from mobile.widgets.card import Card
from mobile.widgets.labels import Fit, Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from mobile.widgets.text_field import Choices, TextField
from shared.languages import tr
from shared.schedule import Slot
from shared.schedule_words import slot_words

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class SettingsView(Screen):
    """How the app looks, where its server is, leaving."""

    server: TextField | None = None

    def render(self, state: State) -> None:
        """Paint ``state``."""
        # Without a sign-in there is no bar at the bottom: the way back is at the top then.
        self.turn((state.message, state.wrong))
        self.ids.head.leads_back = state.account is None
        self.ids.message.said = state.message
        key = (state.settings, state.account, state.server_open)
        self.ids.inside.show(key, lambda: self._inside(state))
        if self.server is not None:
            self.server.text, self.server.wrong = state.server, state.wrong

    def _inside(self, state: State) -> Iterator[Widget]:
        yield self._looks(state)
        if state.account is not None and not state.account.role.is_staff:
            yield self._body()
            yield self._reminders(state)
        if state.account is not None:
            yield self._account(state)
        yield self._server(state)
        yield Wrap(raw=wording.emergency(), size_sp=theme.SMALL, ink=theme.SOFT_INK)

    def _looks(self, state: State) -> Card:
        card = Card()
        sizes = Choices(
            question=tr("文字の大きさ"), options=size_options(), chosen=[str(state.settings.text_size)]
        )
        sizes.bind(on_choose=lambda _, key: self.choose("text_size", key))
        languages = Choices(
            question=tr("ことば"), options=language_options(), chosen=[state.settings.language]
        )
        languages.bind(on_choose=lambda _, key: self.choose("language", key))
        card.add_widget(sizes)
        card.add_widget(languages)
        return card

    def _body(self) -> Card:
        card = Card(spacing=0)
        about = tr("アレルギー・副作用・病名")
        row = ListRow(icon_name="stethoscope", title=tr("体のこと"), about=about, leads=True)
        row.bind(on_release=lambda _: self.press("findings"))
        card.add_widget(row)
        about = tr("時計やアプリが記録したもの")
        row = ListRow(icon_name="heart-pulse", title=tr("運動と心電図"), about=about, leads=True)
        row.bind(on_release=lambda _: self.press("recordings"))
        card.add_widget(row)
        about = tr("医療費通知に書かれた額。見られるのは、あなただけです")
        row = ListRow(icon_name="file-document", title=tr("医療費"), about=about, leads=True)
        row.bind(on_release=lambda _: self.press("costs"))
        card.add_widget(row)
        about = tr("血圧計・体温計・体重計など。使った機器を忘れることもできます")
        row = ListRow(icon_name="download", title=tr("測定の機器"), about=about, leads=True)
        row.bind(on_release=lambda _: self.press("receive"))
        card.add_widget(row)
        about = tr("2つの機器が同じ時間を測ったとき、どちらの値を使うか")
        row = ListRow(icon_name="history", title=tr("機器の順番"), about=about, leads=True)
        row.bind(on_release=lambda _: self.press("sources"))
        card.add_widget(row)
        return card

    def _reminders(self, state: State) -> Card:
        card = Card()
        settings = state.settings
        switch = [("on", tr("知らせる")), ("off", tr("知らせない"))]
        chosen = Choices(
            question=tr("お薬の時間のお知らせ"),
            options=switch,
            chosen=["on" if settings.reminders else "off"],
        )
        chosen.bind(on_choose=lambda _, key: self.choose("reminders", key))
        card.add_widget(chosen)
        if not settings.reminders:
            return card
        for slot, at in reminder_times(settings):
            card.add_widget(self._time(slot, at))
        names = [("off", tr("出さない")), ("on", tr("出す"))]
        shown = Choices(
            question=tr("お知らせに薬の名前を"),
            options=names,
            chosen=["on" if settings.names_shown else "off"],
        )
        shown.bind(on_choose=lambda _, key: self.choose("names_shown", key))
        card.add_widget(shown)
        said = tr(
            "名前を出すと、鍵のかかった電話の画面にも薬の名前が見えます。電話の電源を入れ直したあとは、アプリを一度開いてください。"
        )
        card.add_widget(Wrap(raw=said, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        return card

    def _time(self, slot: Slot, at: str) -> BoxLayout:
        line = BoxLayout(orientation="horizontal", size_hint_y=None, spacing=dp(6))
        middle = {"center_y": 0.5}
        label = Wrap(raw=slot_words(slot), bold=True, pos_hint=middle)
        line.add_widget(label)
        for what, icon in (("sooner", "minus-circle-outline"), ("later", "plus-circle-outline")):
            button = IconButton(name=icon, says=f"{what} {slot.value}", pos_hint=middle)
            button.bind(on_release=lambda _, what=what: self.press(what, slot.value))
            line.add_widget(button)
            if what == "sooner":
                line.add_widget(Fit(raw=at, size_sp=theme.FIGURE, bold=True, pos_hint=middle))
        high = max(each.height for each in line.children if each is not label)
        line.height = high
        label.bind(height=lambda *_: setattr(line, "height", max(high, label.height)))
        return line

    def _account(self, state: State) -> Card:
        assert state.account is not None
        card = Card()
        role = tr("医療者") if state.account.role.is_staff else tr("ご本人")
        card.add_widget(Wrap(raw=state.account.name, bold=True, size_sp=theme.HEADING))
        card.add_widget(Wrap(raw=role, ink=theme.SOFT_INK))
        if state.account.pending:
            card.add_widget(
                Wrap(raw=tr("登録はこの電話にあります。つながったら送ります。"), ink=theme.SOFT_INK)
            )
        leave = WideButton(said=tr("サインアウト"), icon_name="logout", look="stop")
        leave.bind(on_release=lambda _: self.press("sign_out"))
        card.add_widget(leave)
        return card

    def _server(self, state: State) -> Card:
        card = Card()
        card.add_widget(Wrap(raw=tr("サーバーの住所"), bold=True))
        self.server = None
        if state.server_open:
            self.server = TextField(text=state.server, kind="url", hint="https://")
            self.server.bind(on_typed=lambda _, text: self.write("server", text))
            card.add_widget(self.server)
            keep = WideButton(said=tr("この住所にする"))
            keep.bind(on_release=lambda _: self.press("keep_server"))
            card.add_widget(keep)
        else:
            card.add_widget(Wrap(raw=state.settings.server, ink=theme.SOFT_INK))
            change = WideButton(said=tr("変える"), look="plain")
            change.bind(on_release=lambda _: self.press("server"))
            card.add_widget(change)
        return card
