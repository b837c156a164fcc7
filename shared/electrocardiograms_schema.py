"""An electrocardiogram as JSON: its samples as one base64 text of delta-coded, deflated 32-bit numbers."""

from __future__ import annotations

import base64
import binascii
import sys
import zlib
from array import array
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

from marshmallow import post_load, pre_dump

from shared.electrocardiograms import Classified, Electrocardiogram
from shared.problems import Invalid
from shared.schema import Exact, Id, Member, Moment, OneOf, Strict, Text, Whole, dump, load

NAME_LENGTH = 100
SYMPTOMS_LENGTH = 500
# A watch records 30 seconds at 512 Hz, which is 15,360 samples; this is more than six minutes of it.
MOST_SAMPLES = 200_000
# Watches have 512 Hz, hospitals a thousand.
MOST_HERTZ = 10_000
LEAST_PULSE, MOST_PULSE = 10, 350
_BYTES = 4
_WRAP = 1 << 32


class Samples(Member["array[int]"]):
    """Samples in nV: differences from the one before (modulo 2^32, little-endian), deflated, in base64."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": "string", "contentEncoding": "base64"}, **kwargs)

    def take(self, value: object, name: str) -> array[int]:
        """At most MOST_SAMPLES, whatever the text would swell to."""
        if not isinstance(value, str) or not value.isascii():
            raise Invalid("invalid_fields", field=name)
        try:
            plain = _inflated(base64.b64decode(value, validate=True))
        except (binascii.Error, zlib.error) as error:
            raise Invalid("invalid_fields", field=name) from error
        if not plain or len(plain) % _BYTES or len(plain) > MOST_SAMPLES * _BYTES:
            raise Invalid("invalid_fields", field=name)
        return array("i", map(_signed, accumulate(_swapped(array("I", plain)))))

    def give(self, value: array[int]) -> str:
        """The text of the samples; the same samples are always the same text."""
        return samples_text(value)


def samples_text(samples: Sequence[int]) -> str:
    """Samples in nV as the text that `Samples` takes."""
    before = [0, *samples[:-1]]
    steps = array("I", ((one - last) % _WRAP for one, last in zip(samples, before, strict=True)))
    return base64.b64encode(zlib.compress(_swapped(steps).tobytes(), 9)).decode()


class ElectrocardiogramSchema(Strict[Electrocardiogram]):
    """One recording of a watch, with what the watch made of it."""

    id = Id(required=True)
    taken_at = Moment(required=True)
    classified = OneOf(Classified, required=True)
    hertz = Exact(required=True)
    nanovolts = Samples(required=True)
    named = Text(NAME_LENGTH)
    symptoms = Text(SYMPTOMS_LENGTH)
    heart_rate = Whole(LEAST_PULSE, MOST_PULSE)
    lead = Text(NAME_LENGTH)
    device = Text(NAME_LENGTH)
    origin = Text(NAME_LENGTH)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Electrocardiogram:
        """The word itself."""
        local: datetime = data["taken_at"]
        offset = local.utcoffset()
        assert offset is not None  # Moment takes no time without a zone
        if not 0 < data["hertz"] <= MOST_HERTZ:
            raise Invalid("invalid_fields", field="hertz")
        offset_min = int(offset.total_seconds()) // 60
        return Electrocardiogram(**{**data, "taken_at": local.astimezone(UTC), "offset_min": offset_min})

    @pre_dump
    def members(self, recording: Electrocardiogram, **_: object) -> dict[str, object]:
        """The members before they are written: what is empty is left out."""
        told = {
            name: getattr(recording, name)
            for name in ("named", "symptoms", "heart_rate", "lead", "device", "origin")
        }
        return {
            "id": recording.id,
            "taken_at": recording.local,
            "classified": recording.classified,
            "hertz": recording.hertz,
            "nanovolts": recording.nanovolts,
            **{name: value for name, value in told.items() if value not in (None, "")},
        }


def _inflated(packed: bytes) -> bytes:
    """All of it, at most one byte more than is allowed; nothing where the text is cut short or goes on."""
    opened = zlib.decompressobj()
    plain = opened.decompress(packed, MOST_SAMPLES * _BYTES + 1)
    return plain if opened.eof and not opened.unused_data else b""


def _signed(total: int) -> int:
    wrapped = total % _WRAP
    return wrapped - _WRAP if wrapped >= _WRAP // 2 else wrapped


def _swapped(numbers: array[int]) -> array[int]:
    """Little-endian, whatever this machine is."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


_RECORDING = ElectrocardiogramSchema()


def electrocardiogram_from(data: object) -> Electrocardiogram:
    """The recording that parsed JSON ``data`` says; `Invalid` names the first member that is wrong."""
    return load(_RECORDING, data)


def electrocardiogram_members(recording: Electrocardiogram) -> dict[str, object]:
    """A recording as JSON members."""
    return dump(_RECORDING, recording)
