"""Pictures of every kind that the window toolkit reads (JPEG, WebP ...), as greys for finding codes in them."""

from __future__ import annotations

from io import BytesIO

from kivy.core.image import Image as CoreImage

from mobile.device import Picture


def grey_picture(data: bytes) -> Picture | None:
    """The picture in ``data``, or None where nothing can read it."""
    for kind in ("jpg", "png", "webp", "bmp", "gif"):
        if not data.startswith(_HEADS[kind]):
            continue
        try:
            # Kept as bytes: a texture would need the main thread, and this runs on a worker.
            image = CoreImage(BytesIO(data), ext=kind, keep_data=True, nocache=True)._data[0]
        except (OSError, ValueError, AttributeError, IndexError):
            return None
        step = 4 if image.fmt in ("rgba", "bgra") else 3
        return Picture(image.width, image.height, _greys(bytes(image.data), step, image.fmt.startswith("b")))
    return None


_HEADS = {"jpg": b"\xff\xd8", "png": b"\x89PNG", "webp": b"RIFF", "bmp": b"BM", "gif": b"GIF8"}


def _greys(data: bytes, step: int, blue_first: bool) -> bytes:
    """Green is most of what the eye (and a scanner) calls bright: close enough for black on white, and one slice."""
    del blue_first
    return data[1::step]
