"""How the bundled facts are made from their sources: washouts as days, the fewest beginnings of codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.drugs import bundling
from backend.drugs.bundling import Gap, gap
from tests.drug_lists import REAL, needs_real, real_rows


@pytest.mark.parametrize(
    ("text", "a", "b_is_mao", "days"),
    [
        ("", "warfarin", False, Gap()),
        ("14 d", "selegiline", False, Gap(14, 14, "cautious")),
        ("14 d", "escitalopram", True, Gap(14, 14, "cautious")),
        ("24 h", "eletriptan", False, Gap(1, 1, "cautious")),
        ("36 h both ways", "sacubitril/valsartan", False, Gap(2, 2, "source")),
        ("14 d both ways", "safinamide", False, Gap(14, 14, "source")),
        ("7 d after S-1", "tegafur/gimeracil/oteracil (S-1)", False, Gap(7, 0, "source")),
        ("7 d after opioid", "nalmefene", False, Gap(0, 7, "source")),
        ("14 d; 2-3 d before", "rasagiline", False, Gap(14, 3, "source")),
        ("14 d after selegiline; 2-3 d before", "selegiline", False, Gap(14, 3, "source")),
        ("14 d; 2-3 d before", "imipramine", True, Gap(3, 14, "source")),
        ("MAOI->fluvoxamine 14 d; fluvoxamine->MAOI 7 d", "fluvoxamine", True, Gap(7, 14, "source")),
        ("selegiline->opioid 14 d; tramadol->selegiline 2-3 d", "selegiline", False, Gap(14, 3, "source")),
        ("14 d; tramadol->rasagiline 2-3 d", "rasagiline", False, Gap(14, 3, "source")),
    ],
)
def test_a_washout_text_becomes_days_with_a_direction(text: str, a: str, b_is_mao: bool, days: Gap) -> None:
    assert gap(text, a, b_is_mao) == days


@pytest.mark.parametrize("text", ["some days", "14 weeks", "after 14", "14"])
def test_a_washout_text_that_is_not_understood_is_no_silence(text: str) -> None:
    with pytest.raises(ValueError, match="washout"):
        gap(text, "x", b_is_mao=False)


def test_routes_are_told_by_the_fewest_beginnings() -> None:
    def row(code: str, name: str) -> dict[str, str]:
        return {"price_list_code_12": code, "product_name": name}

    made = bundling.route_rows(
        [
            row("1149019F1560", "ロキソニン錠６０ｍｇ"),
            row("2649735S2169", "ロキソニンテープ"),
            row("2649735Q1030", "ロキソニンゲル"),
            row("1315702Q1051", "オルガドロン点眼・点耳・点鼻液"),
            row("1315702Q1060", "サンテゾーン点眼液"),
            row("1315702M1030", "サンテゾーン眼軟膏"),
        ]
    )
    assert {each["code"]: each["route"] for each in made} == {
        "2649735": "skin", "1315702M": "eye", "1315702Q105": "external", "1315702Q106": "eye",
    }  # fmt: skip


@pytest.mark.samples
@needs_real
def test_every_washout_of_the_source_is_understood() -> None:
    texts = [row for row in bundling.pair_rows(real_rows("interactions.csv")) if row["washout"]]
    assert all(int(row["days_a_b"]) + int(row["days_b_a"]) and row["washout_basis"] for row in texts)
    assert sum(1 for row in texts if row["on"] == "yes") == 65


@pytest.mark.samples
@needs_real
def test_the_bundled_facts_are_what_their_sources_give(tmp_path: Path) -> None:
    bundling.bundle(REAL, tmp_path)
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (bundling.FACTS / made.name).read_bytes(), made.name
    assert len(list(tmp_path.iterdir())) == 4
