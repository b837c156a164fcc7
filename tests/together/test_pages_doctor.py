"""The doctor's pages in a real browser over real HTTP: sign-in, list, record, chart, print, two languages, keyboard."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jwt
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from backend import demo_devices, demo_recordings
from backend.accounts.tokens import ACCESS_COOKIE, REFRESH_COOKIE
from backend.vitals import imported
from backend.wearables import merging
from backend.wearables.recordings import RECORDINGS
from backend.web.build import AXE
from shared import clock
from shared.consent import GRANTABLE
from shared.ids import new_id
from shared.vitals import Vital
from tests.backend.worklist.doctors import pressure, single
from tests.cast import NOBODYS_RECORD, PASSWORD, RECORD, Cast, email
from tests.fixtures.server import Server

# What a browser shows does not depend on the kind of database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HER_RECORD = f"/records/{RECORD}"
HER_PAGES = (
    HER_RECORD,
    f"{HER_RECORD}/trends",
    f"{HER_RECORD}/wearables",
    f"{HER_RECORD}/wearables?by=month",
    f"{HER_RECORD}/recordings",
)
HEARS_VIOLATIONS = """
window.violations = [];
addEventListener("securitypolicyviolation", (told) => window.violations.push(told.violatedDirective));
"""

COUNTS_MARKS = """
window.squares = window.discs = 0;
const { rect, arc } = Path2D.prototype;
Path2D.prototype.rect = function (x, y, width, height) {
  if (width === height) window.squares += 1;
  return rect.call(this, x, y, width, height);
};
Path2D.prototype.arc = function (...round) {
  window.discs += 1;
  return arc.apply(this, round);
};
"""


def year_of_pressures() -> list[Vital]:
    """A year, four readings a day: two in the morning, two in the evening of Japan."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    for back in range(1, 366):
        for hour, higher in ((-2, 6), (12, 0)):
            at = today - timedelta(days=back) + timedelta(hours=hour, minutes=back % 50)
            systolic = 120 + higher + (back * 7) % 23
            found += [pressure(at, systolic, 76), pressure(at + timedelta(minutes=2), systolic - 2, 74)]
    return found


@pytest.fixture
def shared(cast: Cast) -> None:
    """Hanako's year, and Dr. Sato let in."""
    now = clock.now()
    others = [
        single("weight", now - timedelta(days=1), "52.4"),
        single("spo2", now - timedelta(days=1), "97"),
    ]
    items = [(vital, str(vital.id)) for vital in [*year_of_pressures(), *others]]
    with cast.house.database.transaction() as session:
        imported.keep_many(cast.open(session, cast.hanako), items, new_id())
    cast.lets_in(cast.sato, *GRANTABLE)


@pytest.fixture
def worn(cast: Cast, shared: None) -> None:
    """What the demo's devices bring, in Hanako's record too."""
    chance = random.Random(5)
    today = clock.now().astimezone(ZoneInfo("Asia/Tokyo")).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today - timedelta(days=back) for back in range(30, -1, -1)]
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, new_id(), demo_devices.worn(days, chance))
        made = demo_recordings.recorded(today, chance)
        RECORDINGS.keep_many(record, [(each, str(each.id)) for each in made], new_id())


@pytest.fixture
def context(chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    made = chromium.new_context(
        base_url=server.url,
        locale="ja-JP",
        viewport={"width": 1280, "height": 900},
        timezone_id="America/New_York",
    )
    made.add_init_script(HEARS_VIOLATIONS)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    made = context.new_page()
    failed: list[object] = []
    made.on("pageerror", lambda error: failed.append(error))  # noqa: PLW0108  Playwright marks the function it is given
    yield made
    assert failed == []


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("メールアドレス").fill(email(name))
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    page.wait_for_url("**/records")


def cookies(context: BrowserContext) -> dict[str, Any]:
    return {cookie["name"]: cookie for cookie in context.cookies()}


def replace_cookie(context: BrowserContext, old: Any, value: str) -> None:
    changed: Any = {**old, "value": value}
    context.add_cookies([changed])


def inked(page: Page) -> bool:
    """Whether the canvas shows both lines, the morning's and the evening's, in their colours."""
    script = """(lines) => {
        const canvas = document.querySelector(".live canvas");
        const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        const near = (i, line) => line.every((part, n) => Math.abs(pixels[i + n] - part) < 16);
        return lines.map((line) => {
            let seen = 0;
            for (let i = 0; i < pixels.length; i += 4) if (near(i, line)) seen += 1;
            return seen;
        });
    }"""
    morning, evening = page.evaluate(script, [[11, 85, 99], [154, 74, 0]])
    return bool(morning > 200 and evening > 200)


def accessible(page: Page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run()")
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found["violations"]]


def test_she_signs_in_finds_her_and_sees_the_chart_drawn(
    page: Page, context: BrowserContext, shared: None
) -> None:
    sign_in(page, "sato")
    for name in (ACCESS_COOKIE, REFRESH_COOKIE):
        kept = cookies(context)[name]
        assert kept["secure"]
        assert kept["httpOnly"]
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("link", name="山田 花子").click()
    page.wait_for_url(f"**{HER_RECORD}")
    assert page.get_by_role("heading", level=1).inner_text().startswith("山田 花子")
    page.wait_for_selector(".live canvas")
    assert inked(page)
    page.locator(".live .u-over").scroll_into_view_if_needed()  # what is known about her stands above it
    chart = page.locator(".live .u-over").bounding_box()
    assert chart is not None
    for part in range(1, 20):
        page.mouse.move(chart["x"] + chart["width"] * part / 20, chart["y"] + chart["height"] / 2)
    assert re.search(r"\d{4}/\d+/\d+ \d+:\d\d", page.locator(".u-legend").inner_text())
    page.mouse.dblclick(chart["x"] + 60, chart["y"] + 60)
    assert page.evaluate("window.violations") == []


def test_every_page_of_hers_is_one_click_away(page: Page, worn: None) -> None:
    sign_in(page, "sato")
    for words, address, shown in (
        ("血圧と体重の傾向", "/trends", "朝の平均 ± SD（JSH）"),
        ("腕時計・センサー", "/wearables", "深い眠り"),
        ("運動と心電図", "/recordings", "心房細動の可能性"),
        ("お薬", "/medicines", "お薬"),
    ):
        page.goto(HER_RECORD)
        page.get_by_role("navigation", name="くわしいページ").get_by_role(
            "link", name=words, exact=True
        ).click()
        page.wait_for_url(f"**{HER_RECORD}{address}")
        assert shown in page.inner_text("main")
        page.get_by_role("link", name="山田 花子 さんの記録へもどる").click()
        page.wait_for_url(f"**{HER_RECORD}")


def test_days_weeks_and_months_with_what_each_figure_is(page: Page, worn: None) -> None:
    sign_in(page, "sato")
    page.goto(HER_RECORD)
    page.get_by_role("link", name="1日・1週間・1か月ごとに見る").click()
    assert "範囲内" in page.inner_text(".worn-table")
    for name, part in (("週", "week"), ("月", "month"), ("日", "day")):
        page.get_by_role("group", name="まとめ方").get_by_role("link", name=name, exact=True).click()
        page.wait_for_url(f"**/wearables?by={part}")
        assert page.locator(".ranges a[aria-current]").inner_text() == name
    page.get_by_role("link", name="これは何？ 血糖（連続測定）").click()
    assert "出典" in page.inner_text("#def-blood_glucose")
    assert page.evaluate("location.hash") == "#def-blood_glucose"


def test_an_electrocardiogram_is_on_its_paper(page: Page, worn: None) -> None:
    sign_in(page, "sato")
    page.goto(f"{HER_RECORD}/recordings")
    assert page.locator(".heart-paper svg polyline").count() == 6  # two of thirty seconds, ten a row
    assert "0.04 秒" in page.inner_text("main")
    assert page.locator(".workouts tbody tr").count() == 12


def test_a_record_without_a_single_reading_is_shown_too(page: Page, cast: Cast) -> None:
    cast.lets_in(cast.sato, *GRANTABLE)
    sign_in(page, "sato")
    page.goto(HER_RECORD)
    assert "血圧の記録はまだありません" in page.inner_text("main")
    assert page.locator(".live canvas").is_visible()
    assert accessible(page) == []


def test_times_on_the_chart_are_hers_wherever_the_browser_is(page: Page, shared: None) -> None:
    sign_in(page, "sato")
    page.goto(f"{HER_RECORD}?days=30")
    page.locator(".live .u-over").scroll_into_view_if_needed()  # what is known about her stands above it
    chart = page.locator(".live .u-over").bounding_box()
    assert chart is not None
    heard = set()
    for part in range(2, 60):
        page.mouse.move(chart["x"] + chart["width"] * part / 61, chart["y"] + 40)
        heard |= set(re.findall(r" (\d+):\d\d", page.locator(".u-legend").inner_text()))
    assert heard == {"7", "21"}


def test_the_marks_of_the_chart_are_those_that_its_words_name(page: Page, shared: None) -> None:
    """Mornings are discs, evenings squares, as below the chart and on paper: nobody needs the colours."""
    page.add_init_script(COUNTS_MARKS)
    sign_in(page, "sato")
    page.goto(f"{HER_RECORD}?days=30")
    page.wait_for_selector(".live canvas")
    page.wait_for_function("window.squares > 0")
    told = page.evaluate("JSON.parse(document.querySelector('[data-chart]').dataset.chart)")
    evenings = told["session"].count(told["sessions"].index("evening"))
    mornings = told["session"].count(told["sessions"].index("morning"))
    squares, discs = page.evaluate("[window.squares, window.discs]")
    assert squares % (2 * evenings) == 0, "each of upper and lower, however often it is painted"
    assert discs % (2 * mornings) == 0
    assert squares > 0 < discs


@pytest.mark.parametrize("days", [30, 90, 365, 1830])
def test_every_range_is_drawn_whole(page: Page, shared: None, days: int) -> None:
    sign_in(page, "sato")
    page.goto(HER_RECORD)
    page.locator(f".ranges a[href='?days={days}#chart']").click()
    page.wait_for_url(f"**?days={days}#chart")
    assert page.locator(".ranges a[aria-current]").get_attribute("href") == f"?days={days}#chart"
    assert inked(page)
    told = page.evaluate("JSON.parse(document.querySelector('[data-chart]').dataset.chart)")
    assert len(told["at"]) >= 2 * (min(days, 365) - 2)
    assert page.evaluate("window.violations") == []


def test_an_access_cookie_that_ran_out_is_renewed_on_the_way(
    page: Page, context: BrowserContext, server: Server, shared: None
) -> None:
    sign_in(page, "sato")
    old = cookies(context)[ACCESS_COOKIE]
    ran_out = _ran_out(server, old["value"])
    replace_cookie(context, old, ran_out)
    page.goto(HER_RECORD)
    assert page.get_by_role("heading", level=1).inner_text().startswith("山田 花子")
    fresh = cookies(context)[ACCESS_COOKIE]["value"]
    assert fresh not in (old["value"], ran_out)
    # The form on the renewed page carries the secret of the renewed cookie.
    page.get_by_role("button", name="サインアウト").click()
    page.wait_for_url("**/sign-in")
    assert cookies(context).keys().isdisjoint({ACCESS_COOKIE, REFRESH_COOKIE})


def test_a_page_left_open_too_long_can_still_sign_out(
    page: Page, context: BrowserContext, server: Server
) -> None:
    sign_in(page, "sato")
    old = cookies(context)[ACCESS_COOKIE]
    replace_cookie(context, old, _ran_out(server, old["value"]))
    page.get_by_role("button", name="サインアウト").click()
    page.wait_for_url("**/sign-in")
    page.goto("/records")
    assert page.get_by_role("link", name="サインインのページへ").is_visible()


def _ran_out(server: Server, token: str) -> str:
    """The same proof, signed by the house, ten minutes too old."""
    claims = jwt.decode(token, options={"verify_signature": False})
    for name in ("iat", "nbf", "exp"):
        claims[name] -= 3600
    return jwt.encode(claims, server.app.config["JWT_PRIVATE_KEY"], "ES256")


def test_without_script_list_search_and_chart_are_there(
    chromium: Browser, server: Server, shared: None
) -> None:
    context = chromium.new_context(base_url=server.url, locale="ja-JP", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "sato")
    page.get_by_label("お名前・よみがな").fill("やまだ")
    page.get_by_role("button", name="さがす").click()
    page.get_by_role("link", name="山田 花子").click()
    assert page.locator(".drawn svg path").count() >= 4
    assert page.locator(".drawn").is_visible()
    assert not page.locator(".live").is_visible()
    context.close()


def test_paper_shows_the_servers_drawing_and_no_buttons(page: Page, shared: None) -> None:
    sign_in(page, "sato")
    page.goto(f"{HER_RECORD}?days=365")
    page.wait_for_selector(".live canvas")
    page.emulate_media(media="print")
    assert page.locator(".drawn svg").is_visible()
    for gone in (".live", ".ranges", ".crumbs", ".screen-only"):
        assert not page.locator(gone).first.is_visible(), gone
    assert not page.get_by_role("button", name="サインアウト").is_visible()
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    sheets = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 1 <= sheets <= 4
    assert not re.search(rb"/Subtype\s*/Image", printed), (
        "the chart on paper is lines, not a picture of a screen"
    )


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_page_shuts_anybody_out(page: Page, worn: None, language: str) -> None:
    page.goto("/sign-in")
    assert accessible(page) == []
    sign_in(page, "sato")
    if language == "en":
        page.get_by_role("button", name="English").click()
    others = ("/records", "/records?q=nobody", f"/records/{NOBODYS_RECORD}", "/api/docs")
    for address in (*others, *HER_PAGES):
        page.goto(address)
        assert page.evaluate("document.documentElement.lang") == language
        assert accessible(page) == [], address
        assert page.evaluate("window.violations") == [], address


def test_the_sign_in_says_what_is_wrong(page: Page, shared: None) -> None:
    page.goto("/sign-in")
    page.get_by_label("メールアドレス").fill(email("sato"))
    page.get_by_label("パスワード").fill("not this one")
    page.get_by_role("button", name="サインイン").click()
    assert "違います" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("メールアドレス").input_value() == email("sato")
    assert accessible(page) == []
    sign_in(page, "sato")


@pytest.mark.parametrize("width", [1280, 820, 640, 320])
def test_at_any_width_and_at_200_percent_nothing_is_cut_off(page: Page, worn: None, width: int) -> None:
    # 640 is a screen of 1280 at 200 %, 320 one at 400 %.
    page.set_viewport_size({"width": width, "height": 800})
    for address in ("/sign-in", None, "/records", *HER_PAGES):
        if address is None:
            sign_in(page, "sato")
            continue
        page.goto(address)
        page.wait_for_timeout(50)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_keyboard_goes_everywhere(page: Page, shared: None) -> None:
    sign_in(page, "sato")
    page.goto(HER_RECORD)
    reached = []
    for _ in range(16):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.innerText || document.activeElement.tagName").strip()
        )
    assert reached[0] == "本文へ"
    for words in ("サインアウト", "English", "一覧へもどる", "30日", "90日", "365日", "5年"):
        assert words in reached


def test_there_is_nothing_inline(page: Page, context: BrowserContext, worn: None) -> None:
    sign_in(page, "sato")
    for address in ("/sign-in", "/records", *HER_PAGES, "/api/docs"):
        text = context.request.get(address).text()
        assert not re.search(r"<[^>]+\s(style|on\w+)=", text), address
        assert "<style" not in text
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_assets_of_pages_come_from_here_only(page: Page, server: Server, shared: None) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, "sato")
    page.goto(HER_RECORD)
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith((server.url, "data:"))] == []
    assert Path(AXE).exists()
