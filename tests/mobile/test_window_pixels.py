"""Photographs of codes on a desktop phone: JPEG and others, through what the window can read."""

from __future__ import annotations

import io

import pytest
import segno
from PIL import Image

from mobile.device.pictures import read_codes
from mobile.widgets.pixels import grey_picture

TECHO = "JAHISTC08,1\r\n1,髙橋 花子,2,19480402\r\n201,1,ｱﾑﾛｼﾞﾋﾟﾝ錠①".encode("cp932")


def picture(kind: str) -> bytes:
    code, file = io.BytesIO(), io.BytesIO()
    segno.make(TECHO, mode="byte", error="m").save(code, kind="png", scale=4)
    with Image.open(code) as image:
        image.convert("RGB").save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_code_in_a_photograph_comes_out_as_its_bytes(kind: str) -> None:
    assert read_codes(picture(kind), grey_picture) == (TECHO,)


def test_what_is_no_picture_is_none() -> None:
    assert grey_picture(b"\xff\xd8\xff broken") is None
    assert grey_picture(b"hello") is None
