from __future__ import annotations

import io
import itertools
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.formats import Answers, Found, Identity, Piece, Trouble, jahis_order, jahis_techo
from shared.formats.jahis_techo import join, progress
from shared.medicines import Dispensing
from shared.problems import Problem, Unreadable

HERE = Path(__file__).parents[2] / "formats" / "samples" / "jahis_techo"
WHOLE = (HERE / "hanako_pharmacy.txt").read_bytes()
SPLIT = [(HERE / f"hanako_split_{n}.txt").read_bytes() for n in (1, 2)]


def read(raw: bytes) -> list[Piece]:
    return list(jahis_techo.read(io.BytesIO(raw), Answers()))


def meaning(raw: bytes) -> list[str]:
    """What a notebook says, whatever the order of its visits and of the medicines in one visit."""
    said = []
    for piece in read(raw):
        if isinstance(piece, Found) and isinstance(piece.word, Dispensing):
            visit = piece.word
            said.append(repr((visit.id, visit.pharmacy, visit.clinic, sorted(map(repr, visit.medicines)))))
        elif isinstance(piece, Found):
            said.append(repr(piece.word))
        elif isinstance(piece, Trouble):
            said.append(f"{piece.excerpt} {piece.text()}")
        else:
            said.append(repr(piece))
    return sorted(said)


def cut(raw: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(places), len(raw)]
    return [raw[start:end] for start, end in itertools.pairwise(edges)]


# A word of a notebook: what CP932 has, without commas and line ends.
_LETTERS = "花薬錠朝昼夜後前一二十痛血圧縺あアーソ能表予申ｱﾛﾞﾟ｡Ａ１％㎎①髙纊 "
texts = st.text(st.sampled_from(_LETTERS + "abcXYZ019()-"), min_size=1, max_size=12).filter(str.strip)
days = st.sampled_from(["20260310", "R080310", "H310430", "S640107", "20240229", "R080402"])
authors = st.sampled_from("1289")


@st.composite
def rps(draw: st.DrawFn, number: int) -> list[str]:
    lines = []
    for _ in range(draw(st.integers(1, 2))):
        code = draw(st.sampled_from(["1,", "2,620000001", "4,2149040F3011", "6,1234567890123"]))
        dose = draw(st.sampled_from(["1", "0.5", "28", "1.25"]))
        lines.append(f"201,{number},{draw(texts)},{dose},錠,{code},{draw(authors)}")
        if draw(st.booleans()):
            lines.append(f"{draw(st.sampled_from(['281', '291']))},{number},{draw(texts)},1")
    form = draw(st.sampled_from("12345679"))
    lines.append(f"301,{number},{draw(texts)},{draw(st.integers(1, 99))},日分,{form},1,,{draw(authors)}")
    if draw(st.booleans()):
        lines.append(f"{draw(st.sampled_from(['311', '391']))},{number},{draw(texts)},1")
    return lines


@st.composite
def visits(draw: st.DrawFn) -> list[str]:
    lines = [f"5,{draw(days)},{draw(authors)}", f"11,{draw(texts)},34,4,3412345,,,{draw(texts)},1"]
    if draw(st.booleans()):
        lines.append(f"15,{draw(texts)},,1")
    if draw(st.booleans()):
        lines += [f"51,{draw(texts)},34,1,3410001,1", f"55,{draw(texts)},{draw(texts)},1"]
    for number in range(1, draw(st.integers(1, 3)) + 1):
        lines += draw(rps(number))
    for number in draw(st.lists(st.sampled_from([401, 421, 501]), max_size=2)):
        lines.append(f"{number},{draw(texts)},1")
    return lines


@st.composite
def notebooks(draw: st.DrawFn) -> bytes:
    lines = [f"JAHISTC0{draw(st.integers(1, 8))},{draw(st.sampled_from('12'))}"]
    lines.append(f"1,{draw(texts)},2,{draw(days)}")
    lines += [f"2,{draw(st.sampled_from('1239'))},{draw(texts)},1" for _ in range(draw(st.integers(0, 2)))]
    for _ in range(draw(st.integers(1, 3))):
        lines += draw(visits())
    # Enough plain Japanese that the letters say by themselves which encoding they are.
    lines.append("701,森 薬子,しま薬局 本店,,,,1")
    return ("\r\n".join(lines) + draw(st.sampled_from(["\r\n", "", "\r\n\x1a"]))).encode("cp932")


@given(notebooks(), st.data())
@settings(deadline=None)
def test_split_between_records_and_shuffled_it_is_the_same_notebook(raw: bytes, data: st.DataObject) -> None:
    header, *lines = [line for line in raw.strip(b"\x1a").split(b"\r\n") if line]
    places = data.draw(st.lists(st.integers(0, len(lines)), max_size=19))
    edges = [0, *sorted(places), len(lines)]
    bodies = [lines[start:end] for start, end in itertools.pairwise(edges)]
    parts = [
        b"\r\n".join([header, *body, f"911,20260310093000,{len(bodies)},{number}".encode()])
        for number, body in enumerate(bodies, 1)
    ]
    shuffled = data.draw(st.permutations(parts))
    again = data.draw(st.lists(st.sampled_from(parts), max_size=3))
    assert meaning(join([*shuffled, *again])) == meaning(raw)
    assert meaning(b"\r\n".join(shuffled)) == meaning(raw)
    assert progress([*shuffled[1:], *again])[1] == len(parts) if len(parts) > 1 else True
    if len(parts) > 1:
        with pytest.raises(Unreadable) as refused:
            join(shuffled[1:])
        assert refused.value.code == "jahis_part_missing"
        assert refused.value.words == {"total": len(parts), "have": len(parts) - 1, "missing": 1}


@given(notebooks(), st.data())
@settings(deadline=None)
def test_split_between_bytes_and_shuffled_it_is_the_same_or_asks(raw: bytes, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(1, len(raw) - 1), min_size=1, max_size=5, unique=True))
    parts = cut(raw, places)
    assume(len(set(parts)) == len(parts))
    shuffled = data.draw(st.permutations(parts))
    try:
        joined = join(shuffled)
    except Unreadable as problem:
        assert problem.code == "jahis_order_unclear"  # noqa: PT017  both ends are right, a third is not
        assert len(parts) > 2
    else:
        assert meaning(joined) == meaning(raw)
    assert join(parts, in_order=True) == raw


@given(notebooks(), st.integers(2, 16), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_codes_of_one_size_as_printers_make_them_are_put_in_order(
    raw: bytes, count: int, random: object
) -> None:
    size = -(-len(raw) // count)
    parts = [raw[start : start + size] for start in range(0, len(raw), size)]
    assume(len(set(parts)) == len(parts))
    try:
        joined = join(parts[::-1])
    except Unreadable as problem:
        assert problem.code == "jahis_order_unclear"  # noqa: PT017  the other right answer
    else:
        assert meaning(joined) == meaning(raw)


def test_two_parts_cut_at_any_byte_and_scanned_in_the_wrong_order() -> None:
    for place in range(1, len(WHOLE)):
        one, two = cut(WHOLE, [place])
        assert join([two, one]) == WHOLE, place


def test_three_parts_cut_inside_letters_and_scanned_in_every_order() -> None:
    inside = [WHOLE.index("薬子".encode("cp932")) + 1, WHOLE.index("カンデサルタン".encode("cp932")) + 3]
    parts = cut(WHOLE, inside)
    for order in itertools.permutations(parts):
        assert join(order) == WHOLE
        assert progress(order) == (3, 3)


def test_sixteen_parts_and_not_one_more() -> None:
    size = -(-len(WHOLE) // 16)
    parts = [WHOLE[start : start + size] for start in range(0, len(WHOLE), size)]
    assert len(parts) == 16
    assert join(parts[::-1]) == WHOLE
    with pytest.raises(Unreadable) as refused:
        join([*cut(parts[0], [10]), *parts[1:]])
    assert refused.value.code == "jahis_too_many_parts"


def test_a_part_scanned_twice_counts_once() -> None:
    one, two = cut(WHOLE, [300])
    assert join([two, one, two]) == WHOLE
    assert progress([two, two]) == (1, None)
    assert meaning(join([SPLIT[1], SPLIT[0], SPLIT[1]])) == meaning(join(SPLIT))
    assert progress([SPLIT[1], SPLIT[1]]) == (1, 2)
    assert meaning(join([SPLIT[1], SPLIT[0] + b"\x1a", SPLIT[0]])) == meaning(join(SPLIT))


def test_a_missing_middle_is_not_papered_over() -> None:
    one, _, three = cut(WHOLE, [300, 700])
    with pytest.raises(Unreadable) as refused:
        join([three, one])
    assert refused.value.code == "jahis_order_unclear"
    assert progress([three, one]) == (2, None)
    assert progress([one]) == (1, None)


def test_an_order_that_nothing_can_tell_is_asked_for() -> None:
    text = "JAHISTC08,1\r\n1,山田 花子,2,S230405\r\n"
    notes = [f"401,{'いろは'[n]}の前" + f"と{'にほへ'[n]}の後,1\r\n" for n in range(3)]
    raw = (text + "5,20260310,1\r\n11,しま薬局,34,4,1,,,,1\r\n" + "".join(notes)).encode("cp932")
    middle = "と".encode("cp932")
    places = [place for place in range(len(raw)) if raw.startswith(middle, place)]
    parts = cut(raw, places)
    with pytest.raises(Unreadable) as refused:
        join([parts[0], parts[2], parts[1], parts[3]])
    assert refused.value.code == "jahis_order_unclear"
    assert progress(parts) == (4, None)
    assert join(parts, in_order=True) == raw


def test_rp_numbers_tell_an_order_that_the_shape_of_the_lines_does_not() -> None:
    opening = "JAHISTC08,1\r\n5,20260310,1\r\n11,しま薬局,34,4,1,,,,1\r\n"
    rps = [
        f"201,{n},{name}の錠剤,1,錠,1,,1\r\n301,{n},朝,7,日分,1,1,,1\r\n"
        for n, name in enumerate("甲乙丙丁", 1)
    ]
    raw = (opening + "".join(rps)).encode("cp932")
    middle = "の錠剤".encode("cp932")
    parts = cut(raw, [place for place in range(len(raw)) if raw.startswith(middle, place)])
    for order in itertools.permutations(parts):
        assert join(order) == raw
    for missing in parts[1:-1]:
        with pytest.raises(Unreadable) as refused:
            join([part for part in parts if part != missing])
        assert refused.value.code == "jahis_order_unclear"


def test_whole_visits_may_come_in_any_order() -> None:
    visit = "5,2026031{n},1\r\n11,しま薬局,34,4,1,,,,1\r\n201,1,薬{n},1,錠,1,,1\r\n301,1,朝,7,日分,1,1,,1\r\n"
    parts = [b"JAHISTC08,1\r\n", *(visit.format(n=n).encode("cp932") for n in range(3))]
    for order in itertools.permutations(parts):
        assert meaning(join(order)) == meaning(b"".join(parts))


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([], "file_empty"),
        ([b""], "file_empty"),
        ([b"SJ1\r\n"], "jahis_header"),
        ([b"JAHIS10\r\n1,1,x\r\n"], "jahis_header"),
        ([b"1,x\r\n", b"2,y\r\n"], "jahis_header"),
        ([b"JAHISTC08,1\r\n1,a\r\n", b"JAHISTC08,1\r\n1,b\r\n"], "jahis_parts_mixed"),
        ([b"JAHISTC08,1\r\n1,a\r\n", b"JAHISTC08,1\r\n1,b\r\n", b"5,R080310"], "jahis_parts_mixed"),
        ([b"JAHISTC08,1\r\n911,1,2,1\r\n", b"JAHISTC08,1\r\n911,2,2,2\r\n"], "jahis_parts_mixed"),
        ([b"JAHISTC08,1\r\n911,1,2,1\r\n", b"JAHISTC08,1\r\n911,1,3,2\r\n"], "jahis_parts_mixed"),
        (
            [b"JAHISTC08,1\r\n1,a\r\n911,1,2,1\r\n", b"JAHISTC08,1\r\n1,b\r\n911,1,2,1\r\n"],
            "jahis_parts_mixed",
        ),
        ([b"JAHISTC08,1\r\n911,1,2,1\r\n", b"JAHISTC08,1\r\n1,b\r\n"], "jahis_parts_mixed"),
        ([b"JAHISTC08,1\r\n911,1,3,1\r\n", b"JAHISTC08,1\r\n911,1,3,3\r\n"], "jahis_part_missing"),
    ],
)
def test_what_cannot_be_joined_is_refused_by_name(parts: list[bytes], code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        join(parts)
    assert refused.value.code == code
    assert refused.value.message()


def test_parts_that_fit_in_too_many_ways_end_soon() -> None:
    parts = [
        b"JAHISTC08,1\r\n5,R080310,1\r\n",
        *(f"401,{chr(ord('a') + n)},1\r\n".encode() for n in range(15)),
    ]
    with pytest.raises(Unreadable) as refused:
        join(parts)
    assert refused.value.code == "jahis_order_unclear"


def test_progress_of_one_whole_code() -> None:
    assert progress([WHOLE]) == (1, 1)
    assert progress([]) == (0, None)
    assert progress(SPLIT) == (2, 2)


@given(
    st.lists(
        st.binary(max_size=60) | st.sampled_from([b"JAHISTC08,1\r\n", b"911,1,2,1\r\n", *SPLIT]), max_size=5
    )
)
@settings(deadline=None)
def test_bytes_of_any_kind_give_a_notebook_or_a_problem(parts: list[bytes]) -> None:
    for deed in (lambda: read(b"".join(parts)), lambda: read(join(parts)), lambda: progress(parts)):
        try:
            deed()
        except Problem as problem:
            assert problem.message()  # noqa: PT017  any problem will do, nothing else may come


_FIELD = st.text(
    st.characters(codec="cp932", exclude_characters="¢£¬‖−〜") | st.sampled_from(",,,1290"), max_size=20
)
_NUMBER = st.sampled_from([1, 2, 3, 5, 11, 15, 51, 55, 201, 281, 291, 301, 311, 391, 401, 911])


@given(st.lists(st.tuples(_NUMBER, st.lists(_FIELD, max_size=9)), max_size=12))
@settings(deadline=None)
def test_no_line_is_lost_whatever_it_says(records: list[tuple[int, list[str]]]) -> None:
    text = "JAHISTC08,1\r\n" + "".join(f"{number},{','.join(fields)}\r\n" for number, fields in records)
    try:
        pieces = read(text.encode("cp932"))
    except Problem:
        return
    assert all(isinstance(piece, Found | Trouble | Identity) for piece in pieces)
    told = {piece.where for piece in pieces if isinstance(piece, Trouble)}
    medicines = sum(
        len(p.word.medicines) for p in pieces if isinstance(p, Found) and isinstance(p.word, Dispensing)
    )
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    written = [n for n, line in enumerate(lines, 1) if line.split(",")[0].strip() == "201"]
    assert medicines + sum(f"{n} 行目" in told for n in written) >= len(written)


def test_every_two_byte_character_survives_in_a_name() -> None:
    known = []
    for lead in (*range(0x81, 0xA0), *range(0xE0, 0xFD)):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD)):
            try:
                known.append((bytes([lead, trail]), bytes([lead, trail]).decode("cp932")))
            except UnicodeDecodeError:
                continue
    known = [(raw, char) for raw, char in known if char.strip()]
    assert len(known) > 9000
    for start in range(0, len(known), 20):
        some = known[start : start + 20]
        raw = b"JAHISTC08,1\r\n1,%s,2,S230405\r\n" % b"".join(raw for raw, _ in some)
        raw += "5,20260310,1\r\n11,しま薬局 本店,34,4,1,,,,1\r\n".encode("cp932")
        (who,) = (piece for piece in read(raw) if isinstance(piece, Identity))
        assert who.name == "".join(char for _, char in some)


@given(notebooks())
@settings(deadline=None)
def test_a_valid_notebook_costs_the_grammar_nothing(raw: bytes) -> None:
    assert jahis_order.whole_notebook(raw)
    assert progress([raw]) == (1, 1)
