"""What comes over the wire becomes a word of ours, or one named problem: the fields that every schema is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, TypeVar, cast, overload
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError, fields

from shared import units
from shared.problems import Invalid

T = TypeVar("T")
Named = TypeVar("Named", bound=Enum)

# RFC 3339 with seconds; the zone is looked at apart, so that its absence can be told by name.
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
# Characters that no screen shows and some databases refuse; a new line and a tab are text.
UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Strict(Schema, Generic[T]):
    """A schema whose `load` gives a ``T``. Members it does not know are refused."""

    class Meta:
        unknown = RAISE


@overload
def load(schema: Strict[T], data: object) -> T: ...
@overload
def load(schema: Schema, data: object) -> Any: ...
def load(schema: Schema, data: object) -> Any:
    """``data`` (parsed JSON) as the schema's word; the first thing wrong is an `Invalid` that names its field."""
    if not isinstance(data, dict):
        raise Invalid("invalid_fields")
    try:
        return schema.load(data)
    except ValidationError as error:
        raise _problem(error, data) from error


def dump(schema: Strict[T], word: T) -> dict[str, object]:
    """``word`` as JSON members."""
    return cast("dict[str, object]", schema.dump(word))


def _problem(error: ValidationError, data: Mapping[str, object]) -> Invalid:
    """The first complaint as a problem of ours; marshmallow's own English words stay inside."""
    complaints = cast("Mapping[str, object]", error.messages)
    name = str(next(iter(complaints)))
    if name not in data:
        return Invalid("field_missing", field=name, name=name)
    if "Unknown field" in str(complaints[name]):
        return Invalid("field_unknown", field=name, name=name)
    return Invalid("invalid_fields", field=name)


class Member(fields.Field[T]):
    """A field that takes JSON and gives JSON; ``looks`` describes it in the published doors (OpenAPI)."""

    def __init__(
        self, looks: Mapping[str, object], *, metadata: Mapping[str, object] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(metadata={**looks, **(metadata or {})}, **kwargs)

    def take(self, value: object, name: str) -> T:
        """The word that the JSON ``value`` of member ``name`` says; raises `Invalid`."""
        raise NotImplementedError

    def give(self, value: T) -> object:
        """``value`` as JSON."""
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> T:  # noqa: ARG002
        return self.take(value, attr or "")

    def _serialize(self, value: T | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        return None if value is None else self.give(value)


class Exact(Member[Decimal]):
    """A number, exact: a JSON number or a plain decimal string comes in, a decimal string goes out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": ["string", "number"], "pattern": r"^[+-]?\d+(\.\d+)?$"}, **kwargs)

    def take(self, value: object, name: str) -> Decimal:
        """Anything that is not a finite number is `not_a_number`."""
        if isinstance(value, str) and not _NUMBER.fullmatch(value):
            raise Invalid("not_a_number", field=name)
        if not isinstance(value, str | int | float | Decimal):
            raise Invalid("not_a_number", field=name)
        try:
            return units.exact(value)
        except Invalid as error:
            raise Invalid("not_a_number", field=name) from error

    def give(self, value: Decimal) -> str:
        """Never with an exponent."""
        return format(value, "f")


class Moment(Member[datetime]):
    """RFC 3339 with its offset, kept to the millisecond (finer digits are cut); goes out in the offset it has."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": "string", "format": "date-time"}, **kwargs)

    def take(self, value: object, name: str) -> datetime:
        """Aware, in the offset it was written with."""
        found = _TIME.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise Invalid("time_impossible", field=name, when=str(value)[:40])
        day, hour, fraction, zone = found.groups()
        if zone is None:
            raise Invalid("time_without_zone", field=name)
        ms = (fraction or "").ljust(3, "0")[:3]
        try:
            made = datetime.fromisoformat(f"{day}T{hour}.{ms}{'+00:00' if zone in 'Zz' else zone}")
            made.astimezone(UTC)  # the first and last days of the calendar have no UTC
        except (ValueError, OverflowError) as error:
            raise Invalid("time_impossible", field=name, when=value) from error
        return made

    def give(self, value: datetime) -> str:
        """With milliseconds only where there are any."""
        return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")


class Stamp(Moment):
    """A moment of the conflict rule: exact to the millisecond (finer is refused), in UTC, always with three digits."""

    def take(self, value: object, name: str) -> datetime:
        """Aware, in UTC."""
        found = _TIME.fullmatch(value) if isinstance(value, str) else None
        if found and (found[3] or "")[3:].strip("0"):
            raise Invalid("invalid_fields", field=name)
        return super().take(value, name).astimezone(UTC)

    def give(self, value: datetime) -> str:
        """One spelling for one moment."""
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


class Id(Member[UUID]):
    """A UUID in its one canonical spelling."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": "string", "format": "uuid"}, **kwargs)

    def take(self, value: object, name: str) -> UUID:
        """Small letters and hyphens only: one id, one text."""
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise Invalid("invalid_fields", field=name)
        return UUID(value)

    def give(self, value: UUID) -> str:
        """The same spelling."""
        return str(value)


class Text(Member[str]):
    """Text of ``least`` to ``most`` characters, without characters that nobody can see."""

    def __init__(self, most: int, *, least: int = 0, **kwargs: Any) -> None:
        super().__init__({"type": "string", "minLength": least, "maxLength": most}, **kwargs)
        self.least, self.most = least, most

    def take(self, value: object, name: str) -> str:
        """As it came."""
        if not isinstance(value, str) or len(value) < self.least or UNSHOWABLE.search(value):
            raise Invalid("invalid_fields", field=name)
        if len(value) > self.most:
            raise Invalid("text_long", field=name, most=self.most)
        return value


class OneOf(Member[Named]):
    """One of ``words``, by its value."""

    def __init__(self, words: Iterable[Named], **kwargs: Any) -> None:
        self.words: dict[object, Named] = {word.value: word for word in words}
        known = [*self.words, None] if kwargs.get("allow_none") else [*self.words]
        super().__init__({"type": "string", "enum": known}, **kwargs)

    def take(self, value: object, name: str) -> Named:
        """The word with exactly that value."""
        if not isinstance(value, str) or value not in self.words:
            raise Invalid("invalid_fields", field=name)
        return self.words[value]

    def give(self, value: Named) -> object:
        """Its value."""
        return value.value


class SetOf(Member[frozenset[Any]]):
    """Some of ``words``, at least one; a list in JSON, sorted when it goes out."""

    def __init__(self, words: Iterable[Enum], **kwargs: Any) -> None:
        self.word = OneOf(words)
        super().__init__({"type": "array", "minItems": 1, "items": self.word.metadata}, **kwargs)

    def take(self, value: object, name: str) -> frozenset[Any]:
        """Naming one twice is naming it once."""
        if not isinstance(value, list) or not value:
            raise Invalid("invalid_fields", field=name)
        return frozenset(self.word.take(each, name) for each in value)

    def give(self, value: frozenset[Any]) -> list[str]:
        """Sorted, so that the same set is the same text."""
        return sorted(word.value for word in value)


class Whole(Member[int]):
    """A whole number between ``least`` and ``most``; true, 1.0 and "1" are not whole numbers."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__({"type": "integer", "minimum": least, "maximum": most}, **kwargs)
        self.least, self.most = least, most

    def take(self, value: object, name: str) -> int:
        """As it came."""
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            raise Invalid("invalid_fields", field=name)
        return value


class Yes(Member[bool]):
    """True or false, nothing that only looks like it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": "boolean"}, **kwargs)

    def take(self, value: object, name: str) -> bool:
        """As it came."""
        if not isinstance(value, bool):
            raise Invalid("invalid_fields", field=name)
        return value
