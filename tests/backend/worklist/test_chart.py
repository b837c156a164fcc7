from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backend.vitals.months import Pressures
from backend.worklist import chart, drawing
from backend.worklist.chart import Chart, Point, Points
from shared import clock
from shared.blood_pressure import GUIDELINE_TARGET, occasions, reaches_reference
from shared.ids import new_id
from shared.vitals import BloodPressure, Session, Vital

START = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
SESSIONS = st.sampled_from([None, None, None, *Session])
# Close enough together that occasions form, end and chain; at every hour of the day.
GAPS = st.sampled_from([0, 1, 60, 599, 600, 601, 1200, 3600, 7 * 3600, 20 * 3600])


@st.composite
def vitals(draw: st.DrawFn) -> list[Vital]:
    at, found = START, []
    for _ in range(draw(st.integers(0, 25))):
        at += timedelta(seconds=draw(GAPS))
        systolic = draw(st.integers(90, 180))
        reading = BloodPressure(Decimal(systolic), Decimal(systolic - draw(st.integers(5, 60))))
        found.append(Vital(new_id(), "blood_pressure", at, draw(st.sampled_from([540, 0, -300])), reading))
        found[-1] = _labelled(found[-1], draw(SESSIONS))
    return found


def _labelled(vital: Vital, session: Session | None) -> Vital:
    return Vital(vital.id, vital.kind, vital.taken_at, vital.offset_min, vital.reading, session=session)


def columns(found: list[Vital]) -> Pressures:
    ordered = sorted(found, key=lambda vital: (vital.taken_at, vital.id))
    return Pressures(
        [clock.to_ms(vital.taken_at) for vital in ordered],
        [vital.offset_min for vital in ordered],
        [int(vital.pressure.systolic) for vital in ordered],
        [int(vital.pressure.diastolic) for vital in ordered],
        [None for _ in ordered],
        [vital.session for vital in ordered],
    )


@given(vitals())
def test_points_over_columns_are_the_occasions_of_the_shared_rule(found: list[Vital]) -> None:
    expected = [
        Point(
            clock.to_ms(each.readings[0].taken_at),
            each.session,
            float(each.mean.systolic),
            float(each.mean.diastolic),
            reaches_reference(each.mean.systolic, each.mean.diastolic),
        )
        for each in occasions(found)
    ]
    told = chart.points(columns(found))
    assert [told.point(place) for place in range(len(told))] == expected


def drawn(points: list[Point], days: int = 30) -> Chart:
    begins = clock.to_ms(START)
    ends = begins + days * 86_400_000
    together = Points(*(list(column) for column in zip(*points, strict=True)))
    first, last = date(2026, 3, 2), date(2026, 3, 31)
    return Chart(days, first, last, "Asia/Tokyo", begins, ends, together, GUIDELINE_TARGET)


def point(day: float, systolic: float, diastolic: float, session: Session = Session.MORNING) -> Point:
    return Point(clock.to_ms(START) + int(day * 86_400_000), session, systolic, diastolic, systolic >= 135)


def test_a_point_out_of_the_usual_range_widens_the_chart() -> None:
    plane = drawing._plane(drawn([point(1, 240, 130), point(2, 70, 38)]))
    assert plane.least <= 38
    assert plane.most >= 240
    for value in (38, 240):
        assert drawing.TOP <= plane.y(value) <= drawing.HEIGHT - drawing.BOTTOM


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 300)), min_size=1, max_size=300))
def test_no_extreme_of_a_pixel_column_is_dropped(raw: list[tuple[int, int]]) -> None:
    x, y = [at / 10 for at, _ in sorted(raw)], [float(value) for _, value in sorted(raw)]
    kept = drawing._kept(x, y)
    assert kept == sorted(set(kept))
    for pixel in {int(each) for each in x}:
        here = [y[n] for n in range(len(x)) if int(x[n]) == pixel]
        left = [y[n] for n in kept if int(x[n]) == pixel]
        assert (min(left), max(left)) == (min(here), max(here))


def test_a_silence_breaks_the_line_and_a_usual_gap_does_not() -> None:
    close = drawing.pressure_svg(drawn([point(1, 130, 80), point(3, 131, 81)]))
    apart = drawing.pressure_svg(drawn([point(1, 130, 80), point(12, 131, 81)]))
    lines = [[part for part in svg.split("<path")[1:] if "1.8" in part] for svg in (close, apart)]
    assert [path.count("M") for path in lines[0]] == [1, 1]
    assert [path.count("M") for path in lines[1]] == [2, 2]


def test_all_below_a_target_is_shaded_and_the_target_is_in_the_data() -> None:
    shown = drawn([point(1, 130, 80)])
    plane, svg = drawing._plane(shown), drawing.pressure_svg(shown)
    bottom = drawing.HEIGHT - drawing.BOTTOM
    for target, shade, name in ((125, "#eef7f0", "上の目標 125"), (75, "#dff0e3", "下の目標 75")):
        (box,) = [part for part in svg.split("<rect")[1:] if shade in part]
        assert f'y="{plane.y(target):.1f}" ' in box
        assert f'height="{bottom - plane.y(target):.1f}"' in box
        assert f">{name}</text>" in svg
    assert chart.columns(shown)["target"] == [125, 75]


def test_the_sessions_differ_by_shape_and_word_not_only_by_colour() -> None:
    sessions = [point(n, 130, 80, session) for n, session in enumerate(Session, start=1)]
    svg = drawing.pressure_svg(drawn(sessions))
    for sign in ("<circle", 'width="4.8"', "l6 6", "朝", "晩", "そのほかの時間", 'stroke-dasharray="6 3"'):
        assert sign in svg
    assert "style=" not in svg


def test_a_period_counts_and_the_highest_three_come_first() -> None:
    shown = drawn(
        [point(1, 150, 80), point(2, 120, 70), point(3, 134.5, 84.5), point(4, 160, 99, Session.OTHER)]
    )
    morning, evening = chart.periods(shown)
    assert (morning.occasions, morning.reaching, morning.percent) == (3, 1, 33)
    assert morning.mean is not None
    assert round(morning.mean[0], 2) == 134.83
    assert (evening.occasions, evening.mean) == (0, None)
    assert [each.systolic for each in chart.highest(shown)] == [160, 150, 134.5]
