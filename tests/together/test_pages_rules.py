"""The pages of rules and reviews in a real browser: one rule from the form to its end, and who cannot see well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from backend.drugs import reviews
from backend.web.build import AXE
from shared.consent import Scope
from tests.backend.drugs.staff import pharmacist
from tests.backend.drugs.test_rule_pages import give
from tests.cast import PASSWORD, Cast, email
from tests.fixtures.server import Server

# What a browser shows does not depend on the kind of database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HEARS_VIOLATIONS = """
window.violations = [];
addEventListener("securitypolicyviolation", (told) => window.violations.push(told.violatedDirective));
"""


@pytest.fixture
def page(chromium: Browser, server: Server) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=server.url, locale="ja-JP", viewport={"width": 400, "height": 900}
    )
    context.add_init_script(HEARS_VIOLATIONS)
    yield context.new_page()
    context.close()


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("メールアドレス").fill(email(name))
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    page.wait_for_url("**/records")


def is_well_made(page: Page) -> None:
    """Nothing for a screen reader to stumble over, nothing that runs off a narrow screen, no rule of ours broken."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run()")
    assert [
        f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found["violations"]
    ] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.violations") == []


def test_a_rule_from_the_form_to_its_end(page: Page, cast: Cast) -> None:
    give(cast)
    cast.lets_in(cast.sato, Scope.MEDICINES)
    sign_in(page, "sato")
    page.get_by_role("link", name="お薬の確認の決まり").click()
    is_well_made(page)
    page.get_by_role("link", name="2つの成分が重なるとき").click()
    page.get_by_label("成分の名前", exact=True).fill("ロキソニン")
    page.get_by_label("もう1つの成分の名前").fill("ワルファリンカリウム")
    page.get_by_label("理由").fill("出血が続いたため")
    is_well_made(page)
    page.get_by_role("button", name="下書きを残す").click()
    assert "ロキソプロフェン と ワルファリン" in page.get_by_role("heading", level=1).inner_text()
    is_well_made(page)
    page.get_by_role("button", name="いまの記録で試す").click()
    assert page.get_by_role("link", name="山田 花子").is_visible()
    is_well_made(page)
    page.get_by_role("button", name="使い始める").click()
    assert page.locator(".chip").inner_text() == "使っています"
    page.get_by_label("理由").fill("見直した")
    page.get_by_role("button", name="この決まりを終わりにする").click()
    assert page.locator(".chip").inner_text() == "終わりました"
    is_well_made(page)


def test_a_pharmacist_decides_about_a_pair(page: Page, cast: Cast) -> None:
    pharmacist(cast)
    pair = next(iter(reviews.reviewable().values()))
    sign_in(page, "umino")
    page.get_by_role("link", name="併用禁忌の確認（薬剤師）").click()
    is_well_made(page)
    row = page.locator(f"#{pair.id}")
    row.get_by_role("button", name="使う", exact=True).click()
    assert page.url.endswith("/reviews"), "the browser asks for the reason first"
    row.get_by_label("理由").fill("添付文書で確認")
    row.get_by_role("button", name="使う", exact=True).click()
    page.wait_for_url(f"**#{pair.id}")
    assert "添付文書で確認" in row.inner_text()
    is_well_made(page)
