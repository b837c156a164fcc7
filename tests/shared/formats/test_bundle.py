"""A zip of files of several formats: each member read as its own kind, with its name before every place."""

from __future__ import annotations

import io
import json
import tracemalloc
import unicodedata
import zipfile
from array import array
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import (
    MOST_EXCERPT,
    Answers,
    Ask,
    Found,
    Identity,
    Piece,
    Question,
    Said,
    Trouble,
    bundle,
    named,
    recognise,
)
from shared.formats.report import as_json, lines, report
from shared.formats.zips import Zip
from shared.problems import Problem, Unreadable
from shared.streams import Readings
from tests.formats_samples import SAMPLES, sample

OURS = sorted((SAMPLES / "bundle").glob("*.zip"))
PHARMACY = sample("jahis_techo/hanako_pharmacy.txt")
NOTEBOOK = sample("jahis_techo/hanako_notebook.txt")
APPLE = sample("apple_health/hanako_2026.xml")
APPLE_ZIP = sample("apple_health/書き出したデータ.zip")
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="ja_JP">\n'
RATE = (
    ' <Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" unit="count/min" '
    'startDate="2026-03-{day:02d} 10:{minute:02d}:{second:02d} +0900" '
    'endDate="2026-03-{day:02d} 10:{minute:02d}:{second:02d} +0900" value="{value}"/>\n'
)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, data in members.items():
            made.writestr(zipfile.ZipInfo(name, (2026, 3, 1, 0, 0, 0)), data, method)
    return file.getvalue()


def read(raw: bytes, asked: Answers | None = None) -> list[Piece]:
    return list(bundle.read(io.BytesIO(raw), asked or Answers()))


def refused(raw: bytes) -> Problem:
    with pytest.raises(Problem) as problem:
        read(raw)
    return problem.value


def troubles(pieces: list[Piece]) -> list[tuple[str, str]]:
    found = [piece for piece in pieces if isinstance(piece, Trouble)]
    return [(each.where, each.problem.code) for each in found if isinstance(each.problem, Problem)]


def alone(name: str, raw: bytes) -> list[Piece]:
    return list(named(name).read(io.BytesIO(raw), Answers()))


def keys(pieces: list[Piece]) -> list[str]:
    return [piece.source_id for piece in pieces if isinstance(piece, Found)]


def counted(pieces: list[Piece]) -> dict[str, int]:
    return {name: tally.count for name, tally in report("bundle", iter(pieces)).found.items()}


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_reads_each_sample_as_written_down_beside_it(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    pieces = read(path.read_bytes())
    assert as_json(report("bundle", iter(pieces))) == expected["report"]
    assert [json.loads(line) for line in lines(iter(pieces))] == expected["lines"]


def test_a_zip_is_a_bundle_where_no_maker_claims_it() -> None:
    assert recognise(zipped({"手帳.txt": PHARMACY})[:4096], "a.zip") == "bundle"
    assert recognise(zipped({"a/b.pdf": b"%PDF"})[:4096], "a.zip") == "bundle"
    assert recognise(APPLE_ZIP[:4096], "a.zip") == "apple_health"
    assert not bundle.recognises(b"", "a.zip")
    assert not bundle.recognises(b"PK", "a.zip")


def test_members_give_what_they_give_alone_with_their_names_before_each_place() -> None:
    pieces = read(zipped({"家/手帳.txt": PHARMACY, "export.txt": APPLE}))
    ours, theirs = alone("jahis_techo", PHARMACY), alone("apple_health", APPLE)
    assert keys(pieces) == keys(ours) + keys(theirs)
    assert counted(pieces) == counted([*ours, *theirs])
    first = next(piece for piece in pieces if isinstance(piece, Found))
    assert first.where.startswith("家/手帳.txt: ")
    assert any(isinstance(piece, Identity) for piece in pieces)
    assert all("export.txt: " in piece.where for piece in pieces if isinstance(piece, Readings))


def test_one_bad_member_does_not_lose_the_others_and_leaves_nothing_half_read() -> None:
    cut = APPLE[: len(APPLE) * 2 // 3]
    pieces = read(zipped({"cut.xml": cut, "手帳.txt": PHARMACY}))
    assert ("cut.xml", "xml_broken") in troubles(pieces)
    assert keys(pieces) == keys(alone("jahis_techo", PHARMACY))
    assert not any(isinstance(piece, Readings) for piece in pieces)


def test_a_zip_of_which_nothing_can_be_read_is_refused_with_the_reason() -> None:
    assert refused(zipped({"cut.xml": APPLE[:-40]})).code == "xml_broken"
    assert refused(zipped({"paper.pdf": b"%PDF-1.7", "a/b.txt": b"hello"})).code == "format_unknown"
    assert refused(zipped({})).code in ("zip_refused", "format_unknown")


def test_what_nobody_knows_is_told_once_for_each_folder() -> None:
    others = {f"紙/{n}.pdf": b"%PDF-1.7" + bytes(20) for n in range(30)}
    pieces = read(zipped({"手帳.txt": PHARMACY, **others, "readme.md": b"# Hello"}))
    [papers, top] = [p for p in pieces if isinstance(p, Trouble)]
    assert (papers.where, papers.excerpt) == ("紙", "0.pdf")
    assert isinstance(papers.problem, Unreadable)
    assert (papers.problem.code, papers.problem.words) == ("bundle_unknown", {"count": 30})
    assert "30 個" in papers.problem.message()
    assert (top.where, top.excerpt) == ("zip", "readme.md")


def test_what_a_trouble_quotes_is_short() -> None:
    name = "a" * 3000 + ".pdf"
    [told] = [p for p in read(zipped({"手帳.txt": PHARMACY, name: b"%PDF-1.7"})) if isinstance(p, Trouble)]
    assert told.excerpt == name[:MOST_EXCERPT]
    assert Trouble("", "", "あ" * MOST_EXCERPT + "い").excerpt == "あ" * MOST_EXCERPT


def test_many_folders_of_unknown_things_stay_a_short_list() -> None:
    others = {f"f{n}/x.bin": b"\x01\x02\x03" for n in range(1500)}
    told = [p for p in read(zipped({"手帳.txt": PHARMACY, **others})) if isinstance(p, Trouble)]
    assert len(told) <= 201
    counts = [p.problem.words["count"] for p in told if isinstance(p.problem, Problem)]
    assert sum(int(str(count)) for count in counts) == 1500


def test_too_many_files_are_refused_as_a_whole() -> None:
    assert refused(zipped({f"{n}.txt": b"\1" for n in range(2001)})).code == "zip_refused"


def test_what_a_computer_puts_into_zips_is_nothing() -> None:
    left = {
        "__MACOSX/._手帳.txt": b"\0\5\x16\7",
        ".DS_Store": b"\0\0\0\1Bud1",
        "a/Thumbs.db": b"\xd0\xcf",
        "e": b"",
    }
    pieces = read(zipped({**left, "手帳.txt": PHARMACY}))
    assert troubles(pieces) == []


def test_a_zip_in_it_is_opened_once_only() -> None:
    inner = zipped({"手帳.txt": PHARMACY})
    pieces = read(zipped({"古い.zip": inner, "new.txt": NOTEBOOK}))
    assert any(isinstance(p, Found) and p.where.startswith("古い.zip/手帳.txt: ") for p in pieces)
    deeper = read(zipped({"a.zip": zipped({"b.zip": inner}), "new.txt": NOTEBOOK}))
    assert troubles(deeper)[0] == ("a.zip/b.zip", "zip_refused")
    hidden = read(zipped({"a.zip": zipped({"b.zip": APPLE_ZIP}), "new.txt": NOTEBOOK}))
    assert troubles(hidden)[0] == ("a.zip/b.zip", "zip_refused")


def test_a_makers_zip_in_it_is_read_by_its_own_format() -> None:
    pieces = read(zipped({"書き出したデータ.zip": APPLE_ZIP}))
    assert counted(pieces) == counted(alone("apple_health", APPLE_ZIP))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.parametrize("first", [True, False])
def test_an_apple_export_that_is_still_packed_is_read_beside_the_rest(method: int, first: bool) -> None:
    ours = {"書き出したデータ.zip": APPLE_ZIP, "手帳.txt": PHARMACY}
    raw = zipped(ours if first else dict(reversed(ours.items())), method)
    # The names inside a zip that lies in this one, uncompressed as many programs put it, are none of this one's.
    assert recognise(raw[:4096], "a.zip") == "bundle"
    pieces = read(raw)
    assert counted(pieces) == counted([*alone("apple_health", APPLE_ZIP), *alone("jahis_techo", PHARMACY)])
    assert all(
        piece.where.startswith("書き出したデータ.zip: ") for piece in pieces if isinstance(piece, Readings)
    )


@pytest.mark.parametrize("folder", ["", "apple_health_export/", "家/"])
def test_an_apple_export_that_somebody_unpacked_is_read_beside_the_rest(folder: str) -> None:
    for ours in (
        {f"{folder}export.xml": APPLE, "手帳.txt": PHARMACY},
        {"手帳.txt": PHARMACY, f"{folder}export.xml": APPLE},
    ):
        raw = zipped(ours)
        assert recognise(raw[:4096], "a.zip") == "bundle"
        pieces = read(raw)
        both = [*alone("apple_health", APPLE), *alone("jahis_techo", PHARMACY)]
        assert counted(pieces) == counted(both)
        assert sorted(keys(pieces)) == sorted(keys(both))
        assert not [code for _, code in troubles(pieces) if code == "type_not_yet"]


def test_a_whole_apple_folder_in_a_bundle_gives_what_the_export_gives() -> None:
    with zipfile.ZipFile(io.BytesIO(APPLE_ZIP)) as inner:
        raw = zipped({"手帳.txt": PHARMACY, **{name: inner.read(name) for name in inner.namelist()}})
    pieces, theirs = read(raw), alone("apple_health", APPLE_ZIP)
    assert counted(pieces) == counted([*theirs, *alone("jahis_techo", PHARMACY)])
    assert set(keys(theirs)) <= set(keys(pieces))
    # The routes, which nothing reads, are told here too.
    assert ("apple_health_export/workout-routes", "bundle_unknown") in troubles(pieces)


def test_an_apple_export_alone_stays_one_whatever_a_computer_put_beside_it() -> None:
    for beside in (
        "__MACOSX/._export.xml",
        "apple_health_export/.DS_Store",
        "apple_health_export/export_cda.xml",
    ):
        raw = zipped({beside: b"<ClinicalDocument/>", "apple_health_export/export.xml": APPLE})
        assert recognise(raw[:4096], "a.zip") == "apple_health"
    flat = {
        "export.xml": APPLE,
        "export_cda.xml": b"<ClinicalDocument/>",
        "workout-routes/route_1.gpx": b"<gpx/>",
    }
    assert recognise(zipped(flat)[:4096], "a.zip") == "apple_health"
    assert recognise(zipped(dict(reversed(flat.items())))[:4096], "a.zip") == "apple_health"


def test_names_come_out_nfc() -> None:
    name = unicodedata.normalize("NFD", "がん手帳.txt")
    pieces = read(zipped({name: PHARMACY}))
    where = next(piece.where for piece in pieces if isinstance(piece, Found))
    assert where.startswith("がん手帳.txt: ")


WITHINGS = (
    b'Date,"Weight (kg)","Fat mass (kg)","Bone mass (kg)","Muscle mass (kg)","Hydration (kg)",Comments\n'
)
WITHINGS += b'"2026-03-01 07:12:00",54.3,,,,,\n'


def test_a_question_of_a_member_passes_through() -> None:
    raw = zipped({"手帳.txt": PHARMACY, "weight.csv": WITHINGS})
    with pytest.raises(Question) as asked:
        read(raw)
    assert (asked.value.ask, asked.value.of) == (Ask.ZONE, "withings")
    answered = Answers(remembered={"withings": Said("Asia/Tokyo")})
    assert counted(read(raw, answered))["weight"] == 1
    assert answered.used == {(Ask.ZONE, "withings")}


def test_what_an_institution_may_not_send_is_refused_in_a_bundle_too() -> None:
    raw = zipped({"手帳.txt": PHARMACY, "clins.json": sample("fhir_jp/hanako_clins.json")})
    assert read(raw)
    with pytest.raises(Problem) as refused_whole:
        read(raw, Answers(sent_by_institution=True))
    assert refused_whole.value.code == "fhir_withheld_sent"


def test_bombs_are_refused() -> None:
    assert refused(zipped({"a.xml": HEAD + b" " * 90_000_000})).code == "zip_refused"
    assert refused(zipped({"手帳.txt": PHARMACY, "../../etc/x": b"x"})).code == "zip_refused"
    inner = zipped({"a.xml": HEAD + b" " * 90_000_000})
    pieces = read(zipped({"bomb.zip": inner, "手帳.txt": PHARMACY}))
    assert ("bomb.zip", "zip_refused") in troubles(pieces)


def test_all_zips_in_it_share_one_limit() -> None:
    small = zipped({f"{n}.txt": PHARMACY for n in range(6)})
    outer = zipped({"a.zip": small, "b.zip": small})
    opening = bundle._Opening(Answers(), left=2 * len(small) + 9 * len(PHARMACY))
    told = list(opening.read(io.BytesIO(outer), "", 0))
    assert ("b.zip", "zip_refused") in troubles(told)
    assert ("a.zip", "zip_refused") not in troubles(told)


def many(count: int) -> bytes:
    rows = [
        RATE.format(day=1 + n // 3600 % 28, minute=n // 60 % 60, second=n % 60, value=50 + n % 90)
        for n in range(count)
    ]
    return HEAD + "".join(rows).encode() + b"</HealthData>\n"


def test_a_large_member_is_read_in_bounded_memory_and_gives_the_same() -> None:
    large = many(100_000)
    assert len(large) > 16 * 1024**2
    raw = zipped({"inner.zip": zipped({"export.xml": large}, zipfile.ZIP_STORED), "big.xml": large})
    size = len(large)
    expected = counted(alone("apple_health", large))
    del large
    tracemalloc.start()
    found = 0
    for piece in bundle.read(io.BytesIO(raw), Answers()):
        found += len(piece) if isinstance(piece, Readings) else 0
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == 2 * expected["heart_rate"]
    assert peak < size + 60_000_000


def test_what_is_too_much_to_heap_is_read_twice_and_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_MOST_HEAPED", 10)
    assert counted(read(zipped({"export.txt": APPLE}))) == counted(alone("apple_health", APPLE))
    cut = read(zipped({"cut.xml": APPLE[: len(APPLE) * 2 // 3], "手帳.txt": PHARMACY}))
    assert not any(isinstance(piece, Readings) for piece in cut)


@given(st.lists(st.tuples(st.integers(-50, 400_000), st.integers(0, 3000)), max_size=30))
def test_a_member_can_be_sought_in_like_a_file(jumps: list[tuple[int, int]]) -> None:
    plain = array("I", range(100_000)).tobytes()
    opened = Zip(io.BytesIO(zipped({"a": plain})))
    file = bundle._Unpacking(opened, opened.members[0])
    file._allowed = 10**12
    same = io.BytesIO(plain)
    for to, size in jumps:
        assert file.seek(max(0, to)) == same.seek(max(0, to))
        assert file.read(size) == same.read(size)[:size]
        assert file.tell() == same.tell()
    assert file.seek(-10, io.SEEK_END) == same.seek(-10, io.SEEK_END)
    assert file.read() == same.read()


def test_a_reader_that_jumps_about_without_end_is_stopped() -> None:
    opened = Zip(io.BytesIO(zipped({"a": bytes(17 * 1024**2)}, zipfile.ZIP_STORED)))
    file = bundle._Unpacking(opened, opened.members[0])

    def jump_about() -> None:
        for _ in range(12):
            file.seek(-5, io.SEEK_END)
            file.read(5)
            file.seek(0)
            file.read(5)

    with pytest.raises(Unreadable):
        jump_about()


@given(st.data())
def test_a_damaged_bundle_is_a_named_problem(data: st.DataObject) -> None:
    raw = bytearray(zipped({"手帳.txt": PHARMACY, "b.txt": NOTEBOOK, "c.zip": zipped({"d.txt": PHARMACY})}))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(0, len(raw)))
    for each in (bytes(raw), bytes(raw[:cut])):
        with suppress(Problem):
            read(each)
