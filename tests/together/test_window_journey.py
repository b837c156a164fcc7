"""The journey on the glass: the real window under a finger, the app's own threads, and the real server behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from mobile.app import TomoniApp
from mobile.main import Opening
from mobile.screens.sign_in.state import Demo
from mobile.send import Reply, Request, over_http
from shared.ids import new_id
from shared.problems import Unreachable
from tests.cast import PASSWORD, RECORD, Cast, email
from tests.fixtures.server import Server
from tests.mobile.driver import Driver
from tests.mobile.phones import FakeDevice

SAMPLES = Path(__file__).resolve().parents[1] / "formats" / "samples"
EXPORT = SAMPLES / "apple_health" / "書き出したデータ.zip"
DEMOS = (Demo("花子さん", email("hanako"), PASSWORD), Demo("佐藤先生", email("sato"), PASSWORD))


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The glass does not care which database is behind it."""
    return sqlite_url


@dataclass
class Air:
    """The way to the server, with a switch: off, and nothing gets through."""

    is_on: bool = True
    send: Callable[[Request], Reply] = field(default_factory=over_http)

    def __call__(self, request: Request) -> Reply:
        if not self.is_on:
            raise Unreachable("server_unreachable")
        return self.send(request)


@dataclass(frozen=True)
class Pocket:
    """A phone that is taken out and put away again; what it keeps stays in its folder."""

    folder: Path
    server: str
    air: Air = field(default_factory=Air)

    def take_out(self) -> Driver:
        """Start the app, everything real but the device under it."""
        self.folder.mkdir(exist_ok=True)
        app: TomoniApp
        opening = Opening(
            FakeDevice(self.folder, has_camera=False, has_text_dialog=False),
            lambda event: app.take(event),  # noqa: PLW0108  the app is made after it
            self.air,
            self.server,
        )
        app = TomoniApp(opening.ask, demos=DEMOS, leave=opening.stop)
        return Driver(app)


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks the server from elsewhere, with the sign-in of a practitioner."""

    url: str
    headers: dict[str, str]

    def vitals(self) -> int:
        """Ask for Hanako's measurements; the status of the answer."""
        where = f"{self.url}/api/records/{RECORD}/vitals"
        return requests.get(where, headers=self.headers, timeout=30).status_code


def visitor(server: Server, name: str) -> Visitor:
    device = {"id": str(new_id()), "label": "elsewhere"}
    asked = {"email": email(name), "password": PASSWORD, "device": device}
    headers = {"Tomoni-Device": device["id"]}
    answer = requests.post(f"{server.url}/api/sign-in", json=asked, headers=headers, timeout=30)
    return Visitor(server.url, {**headers, "Authorization": f"Bearer {answer.json()['access']}"})


def pharmacy_code(part: int, born: str) -> str:
    """The text of one of the two codes on a pharmacy's sheet of a week ago, for somebody born on that day."""
    text = (SAMPLES / "jahis_techo" / f"hanako_split_{part}.txt").read_bytes().decode("cp932")
    a_week_ago = (datetime.now(UTC) - timedelta(days=7)).strftime("%Y%m%d")
    return text.replace("5,20260310,", f"5,{a_week_ago},").replace("S230405", born)


def test_the_journey_on_the_glass(server: Server, cast: Cast, tmp_path: Path) -> None:
    hers = Pocket(tmp_path / "hers", server.url)
    his = Pocket(tmp_path / "his", server.url)
    sato = visitor(server, "sato")
    with hers.take_out() as phone:
        phone.wait_press("お試し：花子さん")
        she_records_without_a_network(phone, hers.air)
        she_imports_a_pharmacy_code(phone)
        she_drops_the_export_of_her_watch(phone)
        assert sato.vitals() == 404
        she_lets_dr_sato_in(phone)
    assert sato.vitals() == 200
    with his.take_out() as phone:
        dr_sato_looks_at_her_on_his_phone(phone)
    with hers.take_out() as phone:  # started again: she is still signed in
        she_ends_it(phone)
        assert sato.vitals() == 404
        she_reads_who_looked(phone)
    assert cast.record == RECORD


def she_records_without_a_network(phone: Driver, air: Air) -> None:
    phone.wait_for("まだ記録がありません")
    air.is_on = False
    phone.press("測定を記録する")
    for keys, said, then in (
        ("1327866", "132/78 を記録しました。", "2回目を記録"),
        ("1287664", "2回の平均は 130/77 です。", "終わる"),
    ):
        phone.wait(lambda: getattr(phone.app.shell.state, "id", None) is not None, "the form")
        phone.tap_keys(keys)
        phone.press("保存する")
        phone.wait_for(said)
        phone.press(then)
    phone.wait_for("130 / 77")
    phone.wait_for("つながったら送ります（あと 2 件）")
    air.is_on = True
    phone.press("いま送る")
    phone.wait_for("にすべて送りました")


def she_imports_a_pharmacy_code(phone: Driver) -> None:
    phone.press("取り込む")
    paste_codes(phone, "S130101")  # the sheet of somebody else slipped in
    phone.wait_for("あなたのお名前や生まれた日と違います")
    phone.press("取り込む")
    phone.wait_for("あなたの記録ですか")
    phone.press("取り込まない")
    phone.press("取り込まない")
    paste_codes(phone, "S230412")
    phone.wait_for("（あなたの記録か確かめてください）")
    assert "あなたの記録ですか" not in phone.texts()
    phone.wait_for("調剤")
    phone.press("取り込む")
    phone.wait_for("取り込みました。")
    phone.press("終わる")
    phone.wait_for("取り込み済み")


def paste_codes(phone: Driver, born: str) -> None:
    """Both codes, the second one first."""
    phone.wait_press("コードの文字を貼り付ける")
    for part, then in ((2, "続けて文字を貼り付ける"), (1, "")):
        phone.tap_field()
        phone.paste(pharmacy_code(part, born))
        phone.press("読み取る")
        if then:
            phone.wait_for("1/2 読み取り済み")
            phone.press(then)


def she_drops_the_export_of_her_watch(phone: Driver) -> None:
    phone.drop(EXPORT)
    phone.wait_for("このファイルに書かれている生まれた日が、あなたの生まれた日と違います。")
    phone.wait_for("新しい 2")
    phone.press("取り込む")
    phone.wait_press("私の記録です")  # the sample was born a week before her
    phone.wait_for("取り込みました。")
    phone.press("終わる")
    phone.back()
    phone.wait_press("記録")
    for button in ("血圧", "歩数", "期間：30日", "1年", "この期間を見る"):
        phone.wait_press(button)
    phone.wait_for(" 歩")


def she_lets_dr_sato_in(phone: Driver) -> None:
    phone.press("お薬")
    phone.wait_for("ｱﾑﾛｼﾞﾋﾟﾝ錠5mg「ﾄﾓﾆ」")
    phone.press("見せる")
    phone.wait_for("いまは、だれにも見せていません。")
    phone.press("先生に見せる")
    phone.tap("例：佐藤")
    phone.type("佐藤")
    phone.press("さがす")
    phone.wait_press("佐藤 健")
    phone.wait_press("内容を確かめる")
    phone.wait_for("の 90 日間、あなたの「血圧や体重などの測定」「歩数や心拍")
    phone.wait_for("書きかえることはできません。")
    phone.press("見せる")
    phone.wait_for("佐藤 健に見せるようにしました。いつでもやめられます。")


def dr_sato_looks_at_her_on_his_phone(phone: Driver) -> None:
    phone.wait_press("お試し：佐藤先生")
    phone.wait_press("山田 花子")
    phone.wait_for("山田 花子さん")
    phone.wait_for("128 / 76")
    phone.wait_for("ｱﾑﾛｼﾞﾋﾟﾝ錠5mg「ﾄﾓﾆ」")


def she_ends_it(phone: Driver) -> None:
    phone.wait_press("見せる")
    phone.wait_press("見せるのをやめる")
    phone.wait_for("見せるのをやめますか")
    phone.press("見せるのをやめる")
    phone.wait_for("見せるのをやめました。")


def she_reads_who_looked(phone: Driver) -> None:
    phone.press("見た人の記録")
    phone.wait_for("佐藤 健（なぎさ島診療所）")
    phone.wait_for("見ようとしましたが、断りました（「血圧や体重などの測定」）")
    phone.wait_for("「血圧や体重などの測定」を見ました")
    assert "山田 花子" not in phone.texts()
    phone.press("すべて")
    phone.wait_for("山田 花子")
