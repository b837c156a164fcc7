"""The shape of an answer to read: written as the JSON itself would be, with the kind of each value in its place."""

from __future__ import annotations

from typing import Any

Shape = dict[str, Any]
_STEP = "  "


def sketch(shape: Shape, schemas: dict[str, Shape], indent: str = "") -> str:
    """``shape`` (JSON schema, its references in ``schemas``) in lines; ``?`` after a member that may be left out."""
    shape = _resolved(shape, schemas)
    if "anyOf" in shape:
        return " | ".join(sketch(each, schemas, indent) for each in shape["anyOf"])
    if "properties" in shape:
        return _object(shape, schemas, indent)
    if "items" in shape:
        some = f"[{sketch(shape['items'], schemas, indent)}, …]"
        return f"{some} | null" if "null" in shape["type"] else some
    if isinstance(shape.get("additionalProperties"), dict):
        return f'{{"…": {sketch(shape["additionalProperties"], schemas, indent)}}}'
    return _plain(shape)


def _resolved(shape: Shape, schemas: dict[str, Shape]) -> Shape:
    return schemas[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape


def _object(shape: Shape, schemas: dict[str, Shape], indent: str) -> str:
    needed, deeper = shape.get("required", []), indent + _STEP
    lines = [
        f'{deeper}"{name}"{"" if name in needed else "?"}: {sketch(inner, schemas, deeper)}'
        for name, inner in shape["properties"].items()
    ]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def _plain(shape: Shape) -> str:
    if "enum" in shape:
        return " | ".join("null" if word is None else f'"{word}"' for word in shape["enum"])
    kinds = shape.get("type", "any")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(shape.get("format", kind) if kind == "string" else kind for kind in kinds)
