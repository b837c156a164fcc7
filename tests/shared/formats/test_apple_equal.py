"""The fast half of the Apple Health reader finds exactly what a plain expat pass finds, or both refuse."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.formats import Found, Identity, Piece, Trouble
from shared.formats.apple_gather import Gathering
from shared.formats.apple_runs import Runs
from shared.formats.apple_scan import read_plainly, read_quickly
from shared.problems import Problem, Unreadable
from shared.streams import Readings
from shared.vitals import Vital
from shared.workouts import Workout

Reader = Callable[[BinaryIO, Gathering, int], Iterator[Piece]]
Outcome = str | list[tuple[object, ...]]

_Q = "HKQuantityTypeIdentifier"
_TYPES = [
    f"{_Q}HeartRate",
    f"{_Q}StepCount",
    f"{_Q}DistanceWalkingRunning",
    f"{_Q}OxygenSaturation",
    f"{_Q}BloodGlucose",
    f"{_Q}DietaryWater",
    f"{_Q}HeartRateVariabilitySDNN",
    "HKCategoryTypeIdentifierAppleStandHour",
    f"{_Q}BodyMass",
    f"{_Q}BloodPressureSystolic",
    f"{_Q}BloodPressureDiastolic",
    "HKCategoryTypeIdentifierSleepAnalysis",
    "HKDataTypeSleepDurationGoal",
]
_UNITS = ["count/min", "count", "km", "mi", "%", "mg/dL", "mmol&lt;180.1558800000541&gt;/L", "kg", "mmHg", ""]
_VALUES = [
    "61",
    "0.97",
    "1",
    "0.5",
    "1e-3",
    "9.99e-05",
    "-1",
    "+5",
    ".5",
    "5.",
    "1_0",
    " 7",
    "nan",
    "1e400",
    "9999999999",
    "x",
    "",
]
_VALUES += [
    "HKCategoryValueSleepAnalysisAsleepCore",
    "HKCategoryValueAppleStandHourStood",
    "&#54;1",
    "&lt;",
    "12345678901234567890.123456789",
    "１２",
]
_SOURCES = [
    "Cuff",
    "花子の\u00a0Watch",
    "Simon’s",
    "a &amp; b",
    "&#8217;",
    "a&#10;b",
    'it"s',
    "a\tb",
    "a > b",
    "a = 'b",
]
_DEVICES = [
    "&lt;&lt;HKDevice: 0x28&gt;, name:W&gt;",
    "&lt;&lt;HKDevice: 0x29&gt;, name:W&gt;",
    "&lt;&lt;HKDevice: 0xZZ&gt;",
    "0x12&gt;",
    "none",
]
_TIMES = [
    "2026-11-18 07:00:00 +0900",
    "2026-11-18 07:00:05 +0900",
    "2026-11-18 08:59:59 +0900",
    "2026-11-18 00:00:00 +0100",
    "2026-11-18 24:00:00 +0900",
    "2026-11-18 07:00:60 +0900",
    "2026-13-18 07:00:00 +0900",
    "2026-11-18T07:00:00 +0900",
    "0001-01-01 00:00:00 +0900",
    "today",
]
_NOTES = [
    '<MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="1"/>',
    '<MetadataEntry key="HKWasUserEntered" value="1"/>',
    "<MetadataEntry key='HKWasUserEntered' value='1'></MetadataEntry>",
    '<MetadataEntry key="HKWasUser&#69;ntered" value="1"/>',
    '<MetadataEntry value="1" key="HKWasUserEntered" />',
    '<MetadataEntry key="HKBloodGlucoseMealTime" value="2"/>',
    '<MetadataEntry key="HKTimeZone" value="Europe/Paris"/>',
    '<MetadataEntry key="Link" value="w://x?a=1&amp;b=2"/>',
    "<HeartRateVariabilityMetadataList><InstantaneousBeatsPerMinute bpm='60'/></HeartRateVariabilityMetadataList>",
    "<HeartRateVariabilityMetadataList><InstantaneousBeatsPerMinute time='7:00:01' bpm='6'/>"  # noqa: ISC004
    "</HeartRateVariabilityMetadataList>",
    '<Inner><MetadataEntry key="HKWasUserEntered" value="1"/></Inner>',
    "<!-- </Record> <Record type='none'/> -->",
    "<![CDATA[ </Record> ]]>",
    "<?app </Record> ?>",
    "words",
    "<Record type='inner'/>",
]
# What often goes wrong in a file, as bytes put in anywhere.
NOISE = [
    b"<",
    b">",
    b'"',
    b"'",
    b"&",
    b"/",
    b"\0",
    b"\x01",
    b"\xff",
    b"\xe3\x81",
    b"<!--",
    b"]]>",
    b"</Record>",
    b"=",
    b" ",
]
NOISE += [
    b"&nothing;",
    b"\xef\xbf\xbf",
    b"\x0b",
    b"</HealthData>",
    b"<HealthData>",
    b"<Record ",
    b"0x",
    b"\r",
    b"a",
]


@st.composite
def _records(draw: st.DrawFn) -> str:
    usual = draw(st.integers(0, 3)) > 0
    start = _TIMES[draw(st.integers(0, 2))] if usual else draw(st.sampled_from(_TIMES))
    attributes = [
        ("type", draw(st.sampled_from(_TYPES[: 7 if usual else None]))),
        ("sourceName", draw(st.sampled_from(_SOURCES[: 5 if usual else None]))),
        ("sourceVersion", draw(st.sampled_from(["10.6", "7", "<" if not usual else "8"]))),
        ("device", draw(st.sampled_from(_DEVICES[: 2 if usual else None]))),
        ("unit", draw(st.sampled_from(_UNITS))),
        ("creationDate", _TIMES[0]),
        ("startDate", start),
        ("endDate", start if usual else draw(st.sampled_from(_TIMES))),
        ("value", draw(st.sampled_from(_VALUES[: 6 if usual else None]))),
    ]
    kept = [
        a for a in attributes if a[0] in ("type", "startDate", "endDate", "value") or draw(st.integers(0, 4))
    ]
    if not usual:
        kept = draw(st.permutations(kept))
    gap, equals, quote = (" ", "=", '"') if usual else draw(st.sampled_from(_STYLES))
    notes = "".join(draw(st.lists(st.sampled_from(_NOTES[: 2 if usual else None]), max_size=2)))
    opening = "<Record" + "".join(f"{gap}{name}{equals}{quote}{value}{quote}" for name, value in kept)
    if notes or draw(st.booleans()):
        return f"{opening}>{notes}{draw(st.sampled_from(['', ' ', chr(10)]))}</Record>"
    return opening + draw(st.sampled_from(["/>", "/>", " />"]))


_STYLES = [(" ", "=", '"'), (" ", "=", "'"), ("\n  ", "=", '"'), ("\t", " = ", '"'), ("", "=", '"')]

_others = st.sampled_from(
    [
        "<!-- <Record type='none'/> -->",
        "<![CDATA[<Record type='none'/>]]>",
        "<?app <Record?>",
        "words &amp; more",
        "<ActivitySummary dateComponents='2026-11-18'/>",
        '<ActivitySummary dateComponents="2026-11-18" activeEnergyBurned="300.5" activeEnergyBurnedUnit="kcal"/>',
        f'<Workout duration="12" startDate="{_TIMES[0]}" endDate="{_TIMES[0]}"><WorkoutStatistics sum="9"/></Workout>',
        "<Workout a='>'><MetadataEntry key='HKTimeZone' value='Asia/Tokyo'/><Record type='inner'/></Workout>",
        "<Me HKCharacteristicTypeIdentifierDateOfBirth='1948-05-03'/>",
        "<ExportDate value='2026-11-20 08:00:00 +0900'/>",
    ]
)


@st.composite
def _correlations(draw: st.DrawFn) -> str:
    kind = draw(
        st.sampled_from(["HKCorrelationTypeIdentifierBloodPressure", "HKCorrelationTypeIdentifierFood"])
    )
    inside = "\n".join(draw(st.lists(_records(), max_size=3)))
    return f'<Correlation type="{kind}" sourceName="Cuff">{draw(st.sampled_from(_NOTES[:7]))}{inside}</Correlation>'


_runs = st.lists(_records(), min_size=1, max_size=5).map("\n ".join)
_nodes = st.one_of(_runs, _runs, _runs, _others, _correlations())
DOCUMENTS = st.lists(_nodes, max_size=8).map(
    lambda nodes: (
        '<?xml version="1.0"?>\n<HealthData locale="ja_JP">\n ' + "\n ".join(nodes) + "\n</HealthData>\n"
    )
)


def outcome(reader: Reader, content: bytes, block: int) -> Outcome:
    """What a reader makes of ``content``, without order and without what is new each time; or the refusal."""
    try:
        pieces = list(reader(io.BytesIO(content), Gathering("Asia/Tokyo"), block))
    except Unreadable as problem:
        return f"refused: {problem.code}"
    return sorted((thing for piece in pieces for thing in _things(piece)), key=repr)


def _things(piece: Piece) -> list[tuple[object, ...]]:
    if isinstance(piece, Readings):
        return [
            (piece.stream, piece.source, *row)
            for row in zip(piece.start, piece.end, piece.value, strict=True)
        ]
    if isinstance(piece, Found):
        assert isinstance(piece.word, Vital | Workout)
        return [(piece.source_id, piece.where, replace(piece.word, id=UUID(int=0)))]
    if isinstance(piece, Trouble):
        assert isinstance(piece.problem, Problem)
        return [(piece.where, piece.problem.code, str(piece.problem.words), piece.excerpt)]
    assert isinstance(piece, Identity)
    return [(piece,)]


@given(DOCUMENTS, st.sampled_from([64, 300, 1 << 19]))
@example("<HealthData/>", 64)
def test_both_ways_find_the_same(document: str, block: int) -> None:
    content = document.encode()
    assert outcome(read_quickly, content, block) == outcome(read_plainly, content, 1 << 19)


@given(DOCUMENTS, st.data())
def test_both_ways_find_the_same_or_refuse_the_same_damaged_file(document: str, data: st.DataObject) -> None:
    content = document.encode()
    at = data.draw(st.integers(0, len(content)))
    damage = data.draw(st.sampled_from(["cut", "noise", "drop", "twice"]))
    length = data.draw(st.integers(1, 40))
    if damage == "cut":
        content = content[:at]
    elif damage == "noise":
        content = content[:at] + data.draw(st.sampled_from(NOISE)) + content[at:]
    elif damage == "drop":
        content = content[:at] + content[at + length :]
    else:
        content = content[: at + length] + content[at:]
    block = data.draw(st.sampled_from([300, 1 << 19]))
    assert outcome(read_quickly, content, block) == outcome(read_plainly, content, 1 << 19)


_ORDINARY = (
    f'<Record type="{_Q}TYPE" sourceName="SOURCE" device="&lt;&lt;HKDevice: 0x28&gt;, name:W&gt;" unit="count/min"'
    f' creationDate="{_TIMES[0]}" startDate="START" endDate="{_TIMES[1]}" value="VALUE">INSIDE</Record>'
)


@pytest.mark.parametrize("kind", ["HeartRate", "DietaryWater", "BodyMass"])
@pytest.mark.parametrize(
    ("part", "bad"),
    [
        ("VALUE", "<"),
        ("VALUE", "&nothing;"),
        ("VALUE", "\x01"),
        ("VALUE", "&#0;"),
        ("START", "2026-11-18 07:00:0< +0900"),
        ("START", "2026-11-18 &7:00:00 +0900"),
        ("SOURCE", "<"),
        ("SOURCE", "\x01"),
        ("INSIDE", "&nothing;"),
        ("INSIDE", '<MetadataEntry key="a" value="<"/>'),
        ("INSIDE", '<MetadataEntry key="a" key="b"/>'),
        ("INSIDE", '<MetadataEntry key="a" value="b">'),
        ("INSIDE", "</Records><Records>"),
        ("INSIDE", "]]>"),
        (" device=", "abc device="),
        (" unit=", "abc unit="),
        (" unit=", "&gt; unit="),
        (" creationDate=", "abc creationDate="),
        ("0x28&gt;", '0x28"'),
        (" unit=", " type="),
        ("</Record>", "</Record></HealthData><HealthData>"),
    ],
)
def test_what_looks_ordinary_but_is_no_xml_is_refused(kind: str, part: str, bad: str) -> None:
    usual = {"TYPE": kind, "SOURCE": "Cuff", "VALUE": "61", "START": _TIMES[0], "INSIDE": ""}
    good = _ORDINARY
    for name, text in usual.items():
        good = good.replace(name, text) if name != part else good
    broken = good.replace(part, bad)
    assert broken != good
    good = good.replace(part, usual.get(part, part))
    content = f"<HealthData>{good}{broken}{good}</HealthData>".encode()
    assert outcome(read_quickly, content, 1 << 19) == "refused: xml_broken"
    assert outcome(read_plainly, content, 1 << 19) == "refused: xml_broken"


def test_an_ordinary_file_takes_the_fast_way() -> None:
    """Else the property above would compare the plain way with itself."""
    record = (
        f' <Record type="{_Q}HeartRate" sourceName="花子のApple\u00a0Watch" sourceVersion="10.6.1"'
        ' device="&lt;&lt;HKDevice: 0x28&gt;, name:W&gt;" unit="count/min"'
        f' creationDate="{_TIMES[0]}" startDate="{_TIMES[0]}" endDate="{_TIMES[1]}" value="61">\n'
        '  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="1"/>\n </Record>\n'
    ).encode()
    gathering = Gathering("Asia/Tokyo")
    block = record * 100
    # Without an expat to fall back on; the last line break already belongs to what follows.
    assert Runs(gathering, None).take(block + record[:50], 0, 0) == len(block) - 1  # type: ignore[arg-type]
    assert [len(p) for p in gathering.end() if isinstance(p, Readings)] == [100]
