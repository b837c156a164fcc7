"""The page of trends as a doctor reads it: a column a window, each figure with its definition, for print too."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from backend.vitals import imported
from backend.worklist import trend_part
from shared import clock
from shared.consent import Scope
from shared.ids import new_id
from shared.trend_definitions import Figure
from shared.vitals import Vital
from tests.backend.people import MORNING, pressure, weight
from tests.backend.worklist.doctors import Browser, signed_in
from tests.cast import RECORD, Cast

NOW = MORNING + timedelta(hours=1)
PAGE = f"/records/{RECORD}/trends"
DAY = 24 * 60


@pytest.fixture
def sato(app: Flask, cast: Cast) -> Browser:
    cast.lets_in(cast.sato, Scope.VITALS)
    return signed_in(app, "sato")


def measured(cast: Cast, *vitals: Vital) -> None:
    with cast.house.database.transaction() as session:
        items = [(vital, str(vital.id)) for vital in vitals]
        imported.keep_many(cast.open(session, cast.hanako), items, new_id())


def recent(days: int) -> list[Vital]:
    """Every morning and evening up to yesterday, by the real clock that the page sees."""
    since = clock.now() - MORNING
    minutes = since.days * DAY
    return [
        pressure(132 + back % 3, 80, minutes - back * DAY + later)
        for back in range(1, days + 1)
        for later in (0, 14 * 60)
    ]


def lines(page: str) -> dict[str, list[str]]:
    """Each line of the tables: its name, and what it says of each window."""
    found = {}
    for row in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", page, re.DOTALL):
        name, *cells = re.split(r"<td>", row)
        found[re.sub(r"<[^>]*>.*", "", name).strip()] = [
            re.sub(r"<[^>]+>", " ", cell).strip() for cell in cells
        ]
    return found


def test_four_windows_of_each_figure(cast: Cast, sato: Browser) -> None:
    measured(cast, *recent(40))
    found = lines(sato.shown(PAGE))
    assert all(len(cells) == 4 for cells in found.values())
    days = [cell.split("日")[0] for cell in found["測った日"]]
    assert (days[0][1:], days[2]) == ("/7", "40/90")
    assert found["朝の平均 ± SD（JSH）"][0].startswith("133/80 ± ")
    assert "135/85 未満です" in found["朝の平均 ± SD（JSH）"][3]
    assert found["ESH の平均"][1].startswith("133/80")
    assert found["目標以上だった割合"][3] == "80回のうち 80回（100%）"
    assert found["135/85 以上だった割合"][3] == "80回のうち 0回（0%）"
    assert found["朝と晩の差（上/下）"][3] == "±0.0/±0.0（40日）"
    assert "n=40" in found["上の血圧の CV（朝）"][3]
    assert found["1週間あたりの変化（朝）"][0] == "測った日が14日になると出ます"
    assert "1週間に" in found["1週間あたりの変化（朝）"][3]
    assert found["高かった3回"][3].count("134/80") == 3


def test_each_figure_leads_to_its_definition_with_source(cast: Cast, sato: Browser) -> None:
    measured(cast, *recent(3), weight())
    shown = sato.shown(PAGE)
    asked = set(re.findall(r'href="#def-(\w+)"', shown))
    told = set(re.findall(r'id="def-(\w+)"', shown))
    assert asked | {"sd"} == told == {figure.value for figure in Figure}
    for words in (
        "J-HOP",
        "JSH2025",
        "Sen（1968年",
        "日本循環器学会",
        "PMC3607332",
        "このアプリの決め方です",
    ):
        assert words in shown


def test_days_of_her_choice_are_one_column(cast: Cast, sato: Browser) -> None:
    measured(cast, pressure(131, 78), pressure(151, 98, -DAY), pressure(190, 99, -3 * DAY))
    shown = sato.shown(f"{PAGE}?from=2026-03-01&to=2026-03-03")
    assert "選んだ期間" in shown
    assert 'name="from" required value="2026-03-01"' in shown
    found = lines(shown)
    assert found["測った日"][0].startswith("2/3日")
    assert found["高かった3回"] == ["151/98（3/2 朝） ／ 131/78（3/3 朝）"]
    assert sato.get(f"{PAGE}?from=2026-03-03&to=2026-03-01").status_code == 422


def test_nothing_measured_says_so(sato: Browser) -> None:
    found = lines(sato.shown(PAGE))
    assert set(found["朝の平均 ± SD（JSH）"]) == {"測定なし"}
    assert "いちばん新しい体重" not in found
    assert "体重の変化" not in sato.shown(PAGE).split("それぞれの値")[1]


@pytest.mark.parametrize(("before", "said"), [("52.0", True), ("52.6", False)])
def test_a_gain_within_days_is_told_as_a_reference(cast: Cast, before: str, said: bool) -> None:
    measured(cast, weight(before, -3 * DAY), weight("54.5"))
    with clock.held(NOW), cast.house.database.transaction() as session:
        part = trend_part.trend_part(cast.open(session, cast.hanako), None, None)
    assert ("診断ではありません" in part.notable) is said
    with clock.held(NOW + timedelta(days=8)), cast.house.database.transaction() as session:
        assert trend_part.trend_part(cast.open(session, cast.hanako), None, None).notable == ""


def test_the_record_leads_to_her_trends(cast: Cast, sato: Browser) -> None:
    measured(cast, pressure())
    assert f'href="{PAGE}"' in sato.shown(f"/records/{RECORD}")
