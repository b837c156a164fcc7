"""Pictures of every kind that the window toolkit reads (JPEG, WebP ...), as greys for finding codes in them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from kivy.core.image import ImageLoader

from mobile.device import Picture

_HEADS = {b"\xff\xd8": "jpg", b"\x89PNG": "png", b"RIFF": "webp", b"BM": "bmp", b"GIF8": "gif"}


def grey_picture(data: bytes) -> Picture | None:
    """The picture in ``data``, or None where nothing here can read it. Uses no texture: it runs on a worker."""
    kind = next((kind for head, kind in _HEADS.items() if data.startswith(head)), None)
    for loader in ImageLoader.loaders:
        if kind is None or kind not in loader.extensions() or not loader.can_load_memory():
            continue
        image = _loaded(loader, kind, data)
        if image is None:
            continue
        step = len(image.fmt)
        # Green is most of what the eye and a scanner call bright: near enough for black on white, and one slice.
        greys = bytes(image.data)[1::step] if not image.rowlength else _rows(image, step)
        return Picture(image.width, image.height, greys)
    return None


def _loaded(loader: Any, kind: str, data: bytes) -> Any | None:
    """What a loader of the toolkit makes of the bytes; None for a broken picture."""
    try:
        return loader("", ext=kind, rawdata=BytesIO(data), inline=True, nocache=True, keep_data=True)._data[0]
    except Exception:  # noqa: BLE001  the toolkit raises nothing narrower
        return None


def _rows(image: object, step: int) -> bytes:
    """The greys of an image whose rows are padded."""
    width, height, long = image.width, image.height, image.rowlength  # type: ignore[attr-defined]
    data = bytes(image.data)  # type: ignore[attr-defined]
    return b"".join(data[row * long + 1 : row * long + width * step : step] for row in range(height))
