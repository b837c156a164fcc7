"""Going and going back, as values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mobile.navigation import SIGN_IN, TABS, Place, Way, back, go, signed_in, signed_out

PLACES = st.builds(
    Place, st.sampled_from([*TABS, "add_reading", "import_file", "visits"]), st.sampled_from(["", "weight"])
)


def test_a_tab_leaves_what_was_laid_on_top() -> None:
    way = go(go(signed_in("today"), Place("readings")), Place("add_reading", "weight"))
    assert way.here == Place("add_reading", "weight")
    assert go(way, Place("settings")) == Way(Place("settings"))


def test_back_goes_down_then_home_then_out() -> None:
    way: Way | None = go(go(signed_in("today"), Place("readings")), Place("add_reading"))
    seen = []
    while way is not None:
        seen.append(way.here.screen)
        way = back(way)
    assert seen == ["add_reading", "readings", "today"]


def test_a_doctor_goes_home_to_her_own_list() -> None:
    way = back(go(signed_in("shared_records"), Place("settings")))
    assert way is not None
    assert way.here == Place("shared_records")
    assert back(way) is None


def test_behind_the_sign_in_screen_is_nobodys_record() -> None:
    assert signed_out().here.screen == SIGN_IN
    assert back(signed_out()) is None


@given(st.lists(PLACES, max_size=30))
def test_back_always_ends_and_never_shows_a_place_twice_in_a_row(places: list[Place]) -> None:
    way = signed_in("today")
    for place in places:
        way = go(way, place)
        assert way.here == place
        assert len(set(way.above)) == len(way.above)
    steps = 0
    behind = back(way)
    while behind is not None:
        assert behind.here != way.here
        way, steps = behind, steps + 1
        behind = back(way)
    assert steps <= len(places) + 1
    assert way.here.screen == "today"
