"""Where on the body a temperature was measured, and what it is then: the body's temperature, or the skin's.

Fingers, toes, wrists and skin are degrees colder than the body. Which sites are which is a rule of ours, one for every
format; what their numbers and words mean is the makers' (GATT 0x2A1D, Android, HealthKit), Open mHealth's and, of the
SNOMED codes, that of public value sets for the site of a body temperature.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from shared.formats.json_tree import Node, shown
from shared.problems import Invalid

BODY, SKIN = "body_temperature", "skin_temperature"

BLUETOOTH = {
    "1": "armpit", "2": "body", "3": "ear", "4": "finger", "5": "gastrointestinal", "6": "mouth", "7": "rectum",
    "8": "toe", "9": "tympanum",
}  # fmt: skip
ANDROID = {
    "0": "", "1": "armpit", "2": "finger", "3": "forehead", "4": "mouth", "5": "rectum", "6": "temporal artery",
    "7": "toe", "8": "ear", "9": "wrist", "10": "vagina",
}  # fmt: skip
HEALTHKIT = {
    "0": "", "1": "armpit", "2": "body", "3": "ear", "4": "finger", "5": "gastrointestinal", "6": "mouth",
    "7": "rectum", "8": "toe", "9": "eardrum", "10": "temporal artery", "11": "forehead",
}  # fmt: skip
_SNOMED = {
    "39937001": "skin", "7569003": "finger", "29707007": "toe", "8205005": "wrist", "74670003": "wrist",
    "91470000": "axillary", "422543003": "axillary", "74262004": "oral", "122861001": "mouth", "34402009": "rectum",
    "117590005": "ear", "42859004": "tympanum", "52795006": "forehead", "450721000": "temple", "450718002": "temple",
    "76784001": "vagina", "71836000": "nasopharynx", "279549004": "nasal", "32849002": "esophagus",
    "89837001": "bladder", "59820001": "vessel", "26893007": "groin",
}  # fmt: skip

_SKIN_WORDS = frozenset((
    "skin", "cutaneous", "surface", "wrist", "finger", "fingertip", "thumb", "toe", "hand", "palm", "foot", "sole",
    "arm", "forearm", "leg", "thigh", "ankle", "chest",
))  # fmt: skip
_BODY_WORDS = frozenset((
    "armpit", "axilla", "axillary", "body", "core", "ear", "eardrum", "drum", "tympanic", "tympanum", "otic",
    "forehead", "temporal", "temple", "mouth", "oral", "sublingual", "tongue", "rectum", "rectal", "anus", "vagina",
    "vaginal", "gastro", "gastrointestinal", "esophagus", "esophageal", "nasal", "nasopharynx", "nasopharyngeal",
    "bladder", "vessel", "intravascular", "groin",
))  # fmt: skip
_SKIN_PARTS = re.compile("皮膚|体表|手|指|足|腕|胸")
_BODY_PARTS = re.compile(
    "腋|脇|わき|ワキ|口|舌|耳|鼓膜|額|おでこ|こめかみ|側頭|直腸|肛門|膣|腟|膀胱|食道|鼻|深部|鼠径"
)
# A place that is in no list of the writer's says no more than none.
_NOTHING = frozenset(("", "other", "unknown", "unspecified"))
_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+")
_PLURAL = {"fingers": "finger", "toes": "toe", "feet": "foot", "hands": "hand", "wrists": "wrist"}


@lru_cache(maxsize=1024)
def kept_as(site: str) -> str:
    """The kind or stream that a temperature of ``site`` (a word, in English or Japanese) is: `BODY` or `SKIN`.

    A body's where nothing is said. `Invalid` for a place that we do not know: it may be either.
    """
    plain = re.sub(r"\(.*?\)", "", unicodedata.normalize("NFKC", site)).strip()
    if plain.casefold() in _NOTHING:
        return BODY
    words = {_PLURAL.get(each, each) for each in (found.lower() for found in _WORD.findall(plain))}
    if words & _SKIN_WORDS or _SKIN_PARTS.search(plain):
        return SKIN
    if words & _BODY_WORDS or _BODY_PARTS.search(plain):
        return BODY
    raise Invalid("temperature_site", site=shown(site, 40))


def numbered(number: str, sites: dict[str, str]) -> str:
    """As `kept_as`, of a maker's number for the site; empty for none. A number that is not the maker's is unknown."""
    return kept_as(sites.get(number, number))


def coded(site: Node) -> str:
    """As `kept_as`, of a FHIR ``bodySite``: any word for it that we know will do, and skin is skin."""
    found: set[str] = set()
    unknown: Invalid | None = None
    for word in _said(site):
        try:
            found.add(kept_as(word))
        except Invalid as problem:
            unknown = unknown or problem
    if not found and unknown is not None:
        raise unknown
    return SKIN if SKIN in found else BODY


def _said(site: Node) -> list[str]:
    """What a coded place is called: what its codes stand for, and the words beside them."""
    said = [site.at("text").text]
    for coding in site.each("coding"):
        code = coding.at("code").text
        said += [_SNOMED.get(code, code), coding.at("display").text]
    return [each for each in said if each.strip()]
