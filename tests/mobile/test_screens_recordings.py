"""The screen of workouts and electrocardiograms: two lists, one heart, and how its line is drawn."""

from __future__ import annotations

from array import array
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mobile import shell as shells
from mobile.asks import LoadHeart, LoadRecordings
from mobile.chart_points import trace
from mobile.events import Failed, HeartLoaded, RecordingsLoaded, SignedOut, Synced
from mobile.screens.recordings.state import PAGE, State, step
from mobile.screens.settings import state as settings
from mobile.screens.touches import Back, Go, Pressed, Shown
from shared.ids import new_id
from tests.mobile.examples import HEART, NOW, WORKOUTS

NANOVOLTS = st.integers(-(2**31), 2**31 - 1)


def shown(loaded: RecordingsLoaded | None = None) -> State:
    state, asks = step(State(), Shown())
    assert asks == (LoadRecordings(),)
    return step(state, loaded or RecordingsLoaded((HEART,), WORKOUTS))[0]


def drawn() -> State:
    state, asks = step(shown(), Pressed("heart", str(HEART.id)))
    assert asks == (LoadHeart(HEART.id),)
    return step(state, HeartLoaded(HEART))[0]


def test_the_settings_lead_there_and_it_is_a_room_of_a_patient_alone() -> None:
    assert settings.step(settings.State(), Pressed("recordings"))[1] == (Go("recordings"),)
    assert "recordings" in shells.opening(()).rooms


def test_nothing_is_only_said_once_it_is_known_and_the_way_on_is_a_file() -> None:
    assert not step(State(), Shown())[0].loaded
    empty = shown(RecordingsLoaded((), ()))
    assert (empty.loaded, empty.hearts, empty.workouts) == (True, (), ())
    assert step(empty, Pressed("import"))[1] == (Go("import_file"),)


def test_one_heart_and_back_to_the_list_then_out() -> None:
    state = drawn()
    assert state.heart == HEART
    state, asks = step(state, Pressed("back"))
    assert (state.heart, asks) == (None, ())
    assert state.hearts == (HEART,)
    assert step(state, Pressed("back")) == (state, (Back(),))
    assert step(drawn(), Shown())[0].heart is None, "who comes again sees the list"


def test_a_long_list_is_shown_a_page_at_a_time() -> None:
    many = tuple(replace(WORKOUTS[0], id=new_id()) for _ in range(3 * PAGE))
    state = shown(RecordingsLoaded((), many))
    assert state.listed == PAGE
    state = step(step(state, Pressed("more"))[0], Pressed("more"))[0]
    assert state.listed == 3 * PAGE
    assert step(state, Shown())[0].listed == PAGE


def test_what_comes_in_is_loaded_anew_and_a_heart_that_was_undone_is_closed() -> None:
    state = drawn()
    assert step(State(), Synced(NOW, 0, changed=True))[1] == ()
    assert step(state, Synced(NOW, 0, changed=False))[1] == ()
    assert step(state, Synced(NOW, 0, changed=True))[1] == (LoadRecordings(),)
    assert step(state, RecordingsLoaded((HEART,), ()))[0].heart == HEART
    assert step(state, RecordingsLoaded((), WORKOUTS))[0].heart is None


def test_a_heart_that_is_gone_says_so_and_the_list_is_loaded_anew() -> None:
    state, asks = step(shown(), HeartLoaded(None))
    assert (state.heart, asks) == (None, (LoadRecordings(),))
    assert "もう記録の中にありません" in state.wrong
    assert step(state, HeartLoaded(HEART))[0].wrong == ""


def test_what_goes_wrong_is_said_and_signing_out_forgets() -> None:
    for of in (LoadRecordings(), LoadHeart(HEART.id)):
        assert step(shown(), Failed("unexpected", "だめでした", None, of))[0].wrong == "だめでした"
    assert step(drawn(), SignedOut(0))[0] == State()
    assert step(shown(), Pressed("luck")) == (shown(), ())


@given(st.lists(NANOVOLTS, min_size=1, max_size=400), st.integers(1, 90))
def test_a_line_keeps_the_least_and_the_most_of_every_pixel_in_order(found: list[int], columns: int) -> None:
    samples = array("i", found)
    points = trace(samples, columns)
    assert len(points) <= 2 * columns
    heights = [round(mv * 1_000_000) for _, mv in points]
    assert (min(heights), max(heights)) == (min(found), max(found))
    places = [along for along, _ in points]
    assert places == sorted(places)
    assert all(0 <= along < 1 for along in places)
    if len(found) <= columns:
        assert heights == found, "where there is room, every sample is a point"
        assert places == [at / len(found) for at in range(len(found))], "at its own time along the whole row"


@given(st.lists(NANOVOLTS, min_size=1, max_size=300, unique=True), st.integers(1, 60))
def test_the_points_are_samples_in_the_order_they_came(found: list[int], columns: int) -> None:
    where = {sample: at for at, sample in enumerate(found)}
    drawn_at = [where[round(mv * 1_000_000)] for _, mv in trace(array("i", found), columns)]
    assert drawn_at == sorted(drawn_at)
