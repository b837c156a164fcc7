"""The medicine notebook on its way out: whole for her, without what is not theirs for others, and it comes back."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from flask import Flask
from PIL import Image, ImageDraw

from backend.medicines import notebook_out, telling
from backend.medicines.things import THINGS
from shared import clock
from shared.consent import Scope
from shared.findings import Finding
from shared.formats import Answers, Found, Identity, Word, jahis_techo, qr_picture
from shared.formats.jahis_write import Written, write
from shared.ids import new_id
from shared.marks import Hiding, hiding_id
from shared.medicines import Dispensing, FamilyPharmacist, Memo
from shared.problems import Unreadable
from shared.sync import Word as Told
from tests.backend.doors import Knocking, knocking
from tests.backend.imports.desk import Desk, sample
from tests.cast import RECORD, Cast

NOTEBOOK = sample("jahis_techo/hanako_notebook.txt")
AT = f"/api/records/{RECORD}/medicines/notebook"


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """Hanako's record with a whole notebook in it."""
    desk = Desk(cast)
    desk.keep(desk.hand_in(NOTEBOOK).id)
    return desk


@pytest.fixture
def hanako(app: Flask, desk: Desk) -> Knocking:
    return knocking(app, desk.cast.hanako)


def words(raw: bytes) -> list[Word]:
    pieces = jahis_techo.read(io.BytesIO(raw), Answers())
    return [piece.word for piece in pieces if isinstance(piece, Found)]


def medicines(raw: bytes) -> set[str]:
    return {each.name for word in words(raw) if isinstance(word, Dispensing) for each in word.medicines}


def photograph(svg: str) -> bytes:
    """An SVG of rows of squares as a PNG, eight points a square."""
    size = int(re.findall(r'viewBox="0 0 (\d+) \d+"', svg)[0])
    image = Image.new("L", (8 * size, 8 * size), "white")
    pen, at_x, at_y = ImageDraw.Draw(image), 0.0, 0.0
    for sign, one, two in re.findall(
        r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", svg.rsplit(' d="', maxsplit=1)[-1]
    ):
        if sign == "h":
            box = (8 * at_x, 8 * (at_y - 0.5), 8 * (at_x + float(one)) - 1, 8 * (at_y + 0.5) - 1)
            pen.rectangle(box, "black")
            at_x += float(one)
        elif sign == "M":
            at_x, at_y = float(one), float(two)
        else:
            at_x, at_y = at_x + float(one), at_y + float(two)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_her_notebook_says_all_that_came_in(hanako: Knocking) -> None:
    answer = hanako.get(AT)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=Shift_JIS"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="JAHISTC.txt"'
    assert answer.data.startswith("JAHISTC08,2\r\n1,山田 花子,2,19480412,".encode("cp932"))
    out = words(answer.data)
    assert sorted(map(repr, out)) == sorted(map(repr, words(NOTEBOOK)))
    assert {type(word) for word in out} == {Dispensing, Finding, Memo, FamilyPharmacist}


def test_taken_in_again_it_adds_nothing(desk: Desk, hanako: Knocking) -> None:
    again = desk.hand_in(hanako.get(AT).data)
    assert again.totals().new == again.totals().changed == 0
    assert again.totals().same > 0


def test_its_codes_are_read_from_their_pictures(hanako: Knocking) -> None:
    told = hanako.get(f"{AT}/codes").json
    assert isinstance(told, dict)
    assert told["losses"] == []
    assert [(each["number"], each["total"]) for each in told["codes"]] == [(1, 1)]
    (raw,) = qr_picture.codes_in(photograph(told["codes"][0]["svg"]))
    assert raw == hanako.get(AT).data


def test_many_codes_say_the_same_together(desk: Desk) -> None:
    written = desk.do(notebook_out.notebook)
    longer = Written(written.text + "501,いつまでも元気で,2\r\n" * 150, ())
    codes = notebook_out.codes(longer)
    assert len(codes) == 3
    parts = [raw for code in codes[::-1] for raw in qr_picture.codes_in(photograph(code.svg))]
    assert words(jahis_techo.join(parts)) == words(longer.content)


def test_more_codes_than_anybody_holds_a_phone_over_are_refused() -> None:
    memos = [Memo(new_id(), f"{number}回目の健康診断のあとで思ったこと") for number in range(800)]
    with pytest.raises(Unreadable) as refused:
        notebook_out.codes(write(Identity("山田 花子"), memos))
    assert refused.value.code == "notebook_codes_many"


def test_only_dispensings_since_a_day(hanako: Knocking) -> None:
    whole, since = hanako.get(AT).data, hanako.get(f"{AT}?since=2026-01-01").data
    assert medicines(whole) - medicines(since) == {"十全大補湯"}
    assert hanako.get(f"{AT}?since=yesterday").status_code == 422


def test_others_get_the_medicines_and_never_the_findings(app: Flask, desk: Desk) -> None:
    for person in (desk.cast.sato, desk.cast.taro):
        desk.cast.lets_in(person, Scope.MEDICINES, Scope.FINDINGS)
        out = words(knocking(app, person).get(AT).data)
        assert {type(word) for word in out} == {Dispensing, Memo, FamilyPharmacist}


def test_who_may_not_read_medicines_gets_no_notebook(app: Flask, desk: Desk) -> None:
    desk.cast.lets_in(desk.cast.sato, Scope.FINDINGS, Scope.VITALS)
    desk.cast.lets_in(desk.cast.taro, Scope.FINDINGS)
    for person in (desk.cast.sato, desk.cast.taro, desk.cast.kato):
        for path in (AT, f"{AT}/codes"):
            assert knocking(app, person).get(path).status_code == 404


def test_what_she_hides_is_in_her_own_notebook_alone(app: Flask, desk: Desk, hanako: Knocking) -> None:
    hiding = Hiding(hiding_id("any"), "any", "軟膏Ｂ")
    told = THINGS.change_of(Told.HIDING, hiding, clock.now(), new_id())
    with desk.house.database.transaction() as session:
        telling.tell(desk.cast.open(session, desk.cast.hanako), told)
    desk.cast.lets_in(desk.cast.sato, Scope.MEDICINES)
    seen = knocking(app, desk.cast.sato).get(AT).data
    assert medicines(hanako.get(AT).data) - medicines(seen) == {"軟膏Ｂ"}
    assert "軟膏".encode("cp932") not in seen


def test_what_a_notebook_cannot_say_is_told(desk: Desk, hanako: Knocking) -> None:
    memo = Memo(new_id(), "𠮷田先生に相談", date(2026, 3, 1))
    told = THINGS.change_of(Told.MEMO, memo, clock.now(), new_id())
    with desk.house.database.transaction() as session:
        telling.tell(desk.cast.open(session, desk.cast.hanako), told)
    losses = hanako.get(f"{AT}/codes").json
    assert isinstance(losses, dict)
    (loss,) = losses["losses"]
    assert loss["about"] == "𠮷田先生に相談"
    assert "■" in loss["problem"]
    assert "4,■田先生に相談,20260301,9".encode("cp932") in hanako.get(AT).data
