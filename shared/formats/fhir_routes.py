"""The form and the way in of a medicine, by the codes that FHIR files carry: JAMI usage and method, HL7 table 0162.

Source: JAMI's method codes of one and two characters (formats/eprescription.md section 2.7), HL7 version 2 table 0162.
A way that is no one place on the body stays the class (外用), or unknown: nothing is guessed from a name.
"""

from __future__ import annotations

from shared.medicines import Form, Route

Kind = tuple[Form | None, Route | None]
_UNKNOWN: Kind = (None, None)

_BASIC: dict[str, Kind] = {
    "1": (Form.INTERNAL, Route.ORAL),
    "2": (Form.EXTERNAL, Route.EXTERNAL),
    "3": (Form.INJECTION, Route.INJECTION),
    "4": (Form.OTHER, Route.OTHER),
}
_DETAIL: dict[str, Route] = {
    "10": Route.ORAL,
    "11": Route.MOUTH,
    "12": Route.MOUTH,
    "2A": Route.SKIN,
    "2B": Route.SKIN,
    "2C": Route.SKIN,
    "2G": Route.EAR,
    "2H": Route.EYE,
    "2J": Route.NOSE,
    "2K": Route.MOUTH,
    "2L": Route.LUNG,
    "2M": Route.MOUTH,
    "2O": Route.RECTUM,
    "2R": Route.RECTUM,
    "2T": Route.VAGINA,
}
_HL7: dict[str, Kind] = {
    "PO": (Form.INTERNAL, Route.ORAL),
    "SL": (None, Route.MOUTH),
    "B": (None, Route.MOUTH),
    "MTH": (None, Route.MOUTH),
    "IH": (Form.EXTERNAL, Route.LUNG),
    "NS": (Form.EXTERNAL, Route.NOSE),
    "IN": (Form.EXTERNAL, Route.NOSE),
    "OP": (Form.EXTERNAL, Route.EYE),
    "OT": (Form.EXTERNAL, Route.EAR),
    "PR": (Form.EXTERNAL, Route.RECTUM),
    "VG": (Form.EXTERNAL, Route.VAGINA),
    "TD": (Form.EXTERNAL, Route.SKIN),
    "TP": (Form.EXTERNAL, Route.EXTERNAL),
    "AP": (Form.EXTERNAL, Route.EXTERNAL),
    **dict.fromkeys(("IV", "IM", "SC", "ID", "IA", "IT", "EP", "IP"), (Form.INJECTION, Route.INJECTION)),
}
# The third character of a usage code: at an event, that is when needed.
_AS_NEEDED = "5"


def kind_of(usage: str, method: str, route: str, *, as_needed: bool) -> Kind:
    """Form and route: the usage code says most, then the method, then the route code."""
    for code in (usage[:2], method):
        if code[:1] in _BASIC:
            form, basic = _BASIC[code[0]]
            found: Kind = (form, _DETAIL.get(code, basic))
            break
    else:
        found = _HL7.get(route.upper(), _UNKNOWN)
    form, way = found
    if way is Route.EXTERNAL:
        way = _HL7.get(route.upper(), found)[1] or way
    if form in (Form.INTERNAL, None) and (as_needed or usage[2:3] == _AS_NEEDED):
        form = Form.AS_NEEDED
    return form, way
