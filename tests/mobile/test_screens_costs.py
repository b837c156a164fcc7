"""What care cost, as values: the year and its parts, each line, the tax form with and without a network, undoing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mobile import shell as shells
from mobile.asks import LoadCosts, SaveTaxForm
from mobile.events import (
    CostsLoaded,
    Failed,
    ImportPreviewed,
    OpenedStore,
    SignedIn,
    SignedOut,
    Synced,
    TaxFormSaved,
)
from mobile.screens.costs.state import State, step
from mobile.screens.costs.words import (
    count_words,
    kind_words,
    line_words,
    origin_words,
    paid_words,
    place_words,
    year_options,
    yen_words,
)
from mobile.screens.import_file import state as import_file
from mobile.screens.import_file.words import count_name
from mobile.screens.settings import state as settings
from mobile.screens.touches import Back, Chose, Go, Happening, Pressed, Shown
from mobile.seen import Account, Count, ImportState, Settings
from shared.consent import GRANTABLE, Role, Scope
from shared.cost_sums import CostSum
from shared.ids import new_id
from tests.mobile.examples import COSTS, NOW


def after(state: State, *happenings: Happening) -> tuple[State, list[Any]]:
    """The state after some happenings, and everything that was asked for."""
    asked: list[Any] = []
    for each in happenings:
        state, asks = step(state, each)
        asked += asks
    return state, asked


def listed() -> State:
    return after(State(), Shown(), CostsLoaded(COSTS))[0]


def shown(state: State) -> list[tuple[str, str]]:
    return [(group.name, paid_words(group.sum)) for group in state.groups]


def test_the_newest_year_by_month_then_by_place_and_by_kind() -> None:
    state, asked = after(State(), Shown())
    assert asked == [LoadCosts()]
    state, _ = after(state, CostsLoaded(COSTS))
    assert state.year is not None
    assert (state.year.year, paid_words(state.year.sum)) == (2026, "4,430 円")
    assert count_words(state.year.sum) == "4 件 ・ うち 1 件は額が書かれていません"
    assert year_options(state.year) == [("2026", "2026年"), ("2025", "2025年")]
    assert shown(state) == [("2026年1月", "3,550 円"), ("2026年2月", "880 円")]
    state, _ = after(state, Chose("view", "place"))
    assert shown(state) == [
        ("名前の書かれていないところ", "880 円"),
        ("しま歯科", "書かれていません"),
        ("しま薬局", "2,310 円"),
        ("なぎさ島診療所", "1,240 円"),
    ]
    state, _ = after(state, Chose("view", "kind"), Chose("year", "2025"))
    assert shown(state) == [("医科入院", "154,000 円"), ("医科外来", "1,240 円"), ("調剤（薬局）", "545 円")]
    assert after(state, Chose("view", "colour"))[0] == state


def test_each_line_on_touch_and_the_way_back() -> None:
    state, _ = after(listed(), Pressed("group", "2026-02"))
    assert state.group is not None
    assert [line_words(cost, "month") for cost in state.group.costs] == [
        ("名前の書かれていないところ", "柔道整復 ・ 1 日"),
        ("しま歯科", "歯科外来 ・ 1 日"),
    ]
    state, _ = after(state, Pressed("open", str(COSTS[5].id)))
    assert state.looked_at == COSTS[5]
    assert yen_words(COSTS[5].paid) == "書かれていません"
    assert origin_words(COSTS[5].origin) == "マイナポータルの医療費通知から"
    state, asked = after(state, Pressed("back"))
    assert (state.part, asked) == ("group", [])
    state, asked = after(state, Pressed("back"))
    assert (state.part, asked) == ("year", [])
    assert after(state, Pressed("back"))[1] == [Back()]


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("month", ("しま薬局", "調剤（薬局） ・ 1 日")),
        ("place", ("2026年1月", "調剤（薬局） ・ 1 日")),
        ("kind", ("しま薬局", "2026年1月 ・ 1 日")),
    ],
)
def test_a_line_says_what_its_list_does_not(view: str, words: tuple[str, str]) -> None:
    assert line_words(COSTS[4], view) == words
    without = line_words(replace(COSTS[4], days=None), view)
    assert "日" not in without[1].replace(words[1].split(" ・ ")[0], "")


def test_a_group_of_every_view_can_be_opened() -> None:
    for view in ("month", "place", "kind"):
        state, _ = after(listed(), Chose("view", view))
        for group in state.groups:
            opened, _ = after(state, Pressed("group", group.key))
            assert opened.group == group, "each has a key of its own"


def test_what_the_notice_does_not_say_is_told_as_such() -> None:
    assert kind_words(COSTS[6]) == "柔道整復"
    assert kind_words(replace(COSTS[6], kind_text="")) == "種類の書かれていないもの"
    assert place_words("") == "名前の書かれていないところ"
    assert paid_words(CostSum(lines=1, not_given=1)) == "書かれていません"
    assert count_words(CostSum(lines=1, not_given=1)) == "1 件"
    assert paid_words(CostSum(lines=2, paid=0)) == "0 円"
    assert yen_words(-1240) == "-1,240 円"


def test_the_tax_form_of_the_year_that_is_shown() -> None:
    state, asked = after(listed(), Chose("year", "2025"), Pressed("save"))
    assert asked == [SaveTaxForm(2025)]
    assert after(state, Pressed("save"))[1] == [], "a second touch while it is made makes no second one"
    done, _ = after(state, TaxFormSaved(2025, "Downloads/医療費2025年.csv"))
    assert (done.busy, done.message) == (False, "保存しました。 Downloads/医療費2025年.csv")
    closed, _ = after(state, TaxFormSaved(2025, None))
    assert (closed.busy, closed.message, closed.wrong) == (False, "", "")


def test_without_a_network_the_list_works_and_the_form_says_what_it_needs() -> None:
    state, _ = after(listed(), Pressed("save"))
    state, _ = after(
        state, Failed("server_unreachable", "サーバーにつながりません。", None, SaveTaxForm(2026))
    )
    assert "ネットワークが必要です" in state.wrong
    assert not state.busy
    assert shown(after(state, Chose("year", "2025"))[0])[0] == ("2025年11月", "1,785 円")
    refused, _ = after(
        listed(), Pressed("save"), Failed("file_not_saved", "保存できません", None, SaveTaxForm(2026))
    )
    assert (refused.busy, refused.wrong) == (False, "保存できません")


def test_an_undone_import_leaves_nothing_open_that_is_gone() -> None:
    looking, _ = after(listed(), Pressed("group", "2026-02"), Pressed("open", str(COSTS[5].id)))
    _, asked = after(looking, Synced(NOW, 0, changed=True))
    assert asked == [LoadCosts()]
    assert after(looking, CostsLoaded(COSTS[:5] + COSTS[6:]))[0].part == "group"
    state, _ = after(looking, CostsLoaded(COSTS[:3]))
    assert (state.part, state.year and state.year.year) == ("year", 2025)
    older, _ = after(listed(), Chose("year", "2025"), CostsLoaded(COSTS[1:]))
    assert older.year is not None
    assert older.year.year == 2025, "her year stays chosen"
    assert after(listed(), CostsLoaded(()))[0].groups == ()


def test_nothing_yet_leads_to_bringing_in_a_file() -> None:
    state, asked = after(State(), Shown(), CostsLoaded(()), Pressed("save"), Pressed("import"))
    assert asked == [LoadCosts(), Go("import_file")]
    assert state.loaded


def test_signing_out_leaves_nothing() -> None:
    assert after(listed(), SignedOut(0))[0] == State()
    assert after(State(), Synced(NOW, 0, changed=True))[1] == [], "never seen, never loaded"


def test_settings_and_a_kept_notice_lead_here() -> None:
    assert settings.step(settings.State(), Pressed("costs"))[1] == (Go("costs"),)
    seen = ImportState(new_id(), "わたしの情報.csv", "kept", counts=(Count("cost", 4, 0, 0),))
    kept, _ = import_file.step(import_file.State(), ImportPreviewed(seen))
    assert import_file.step(kept, Pressed("costs"))[1] == (Go("costs"),)
    assert count_name("cost") == "医療費（医療費通知の行）"
    for other in (replace(seen, state="previewed"), replace(seen, counts=(Count("steps", 4, 0, 0),))):
        state, _ = import_file.step(import_file.State(), ImportPreviewed(other))
        assert Go("costs") not in import_file.step(state, Pressed("costs"))[1]


def test_a_doctors_phone_never_asks_for_costs() -> None:
    assert Scope.COSTS not in GRANTABLE
    sato = Account(new_id(), Role.PRACTITIONER, "佐藤 健", "ja", None)
    shell, effects = shells.told(shells.opening(), OpenedStore(sato, True, Settings(), 0, None))
    shell, more = shells.told(shell, SignedIn(sato))
    _, last = shells.told(shell, Synced(NOW, 0, changed=True))
    assert not any(isinstance(effect, LoadCosts) for effect in (*effects, *more, *last))
