"""The bar code on the back of North American driving licences: PDF417 as the AAMVA card design standard lays it out.

Source: AAMVA DL/ID Card Design Standard (2020), annex D: a header with "ANSI ", then data elements, one per line, each
a three-letter name and its value. Dates are MMDDCCYY in the United States and CCYYMMDD in Canada.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.extract.us_states import STATE_NAMES
from pipeline.types import Box, ConfidenceParts, FieldValue, JsonValue, Page

_ELEMENT = re.compile(r"(?:^|[\n\r\x1e]|DL|ID)(D[A-Z]{2})([^\n\r\x1e]*)")
_HEADER = re.compile(r"(?:ANSI |AAMVA)\d{6}")
_SEXES = {"1": "M", "2": "F", "9": "X", "M": "M", "F": "F", "X": "X"}
_NOTHING = ("NONE", "UNAVL", "UNAVAIL", "")


def fields_of_bar_code(pages: Sequence[Page], printed: Mapping[str, FieldValue]) -> list[FieldValue]:
    """The fields that a licence's bar code says; no value where there is none.

    A code has error correction: what it says is read right or not at all. It says nothing about the card being
    genuine, so a printed value that contradicts it leaves both in doubt.

    Args:
        pages: with their bar codes.
        printed: what was read from the card.
    """
    for page in pages:
        for code in page.codes:
            if code.format == "PDF417" and _HEADER.search(code.text):
                return [_value(name, value, code.box, printed.get(name)) for name, value in _said(code.text).items()]
    return []


def _value(name: str, value: str, box: Box, printed: FieldValue | None) -> FieldValue:
    differs = printed is not None and _plain(printed.value) != _plain(value) and name != "address"
    parts = ConfidenceParts(0.99, 0.5 if differs else 1.0, 1.0)
    findings = ("bar_code_differs",) if differs else ()
    boxes = printed.boxes if printed is not None and not differs and printed.boxes else (box,)
    return FieldValue(name, value, value, boxes, parts.product, parts, findings)


def _plain(value: JsonValue) -> list[str]:
    return sorted(re.findall(r"\w+", str(value).upper().replace("-", "")))


def _said(text: str) -> dict[str, str]:
    elements = {name: value.strip() for name, value in _ELEMENT.findall(text)}

    def of(*names: str) -> str:
        return next((elements[n] for n in names if elements.get(n, "").upper() not in _NOTHING), "")

    name = " ".join(part for part in (of("DAC", "DCT"), of("DAD"), of("DCS")) if part) or of("DAA")
    said = {
        "id_type": "id_card" if re.search(r"ID\d{8}ID|\nID(?=D[A-Z]{2})", text) else "driver_license",
        "document_number": of("DAQ"),
        "full_name": name.replace(",", " "),
        "date_of_birth": _day(of("DBB")),
        "issue_date": _day(of("DBD")),
        "expiry_date": _day(of("DBA")),
        "sex": _SEXES.get(of("DBC").upper(), ""),
        "address": _address(of("DAG"), of("DAH"), of("DAI"), of("DAJ"), of("DAK")),
        "issuing_authority": STATE_NAMES.get(of("DAJ"), "").upper(),
    }
    return {field: value for field, value in said.items() if value}


def _address(street: str, second: str, town: str, state: str, postcode: str) -> str:
    zip_code = re.sub(r"^(\d{5})(\d{4})$", lambda m: m[1] if m[2] == "0000" else f"{m[1]}-{m[2]}", postcode)
    where = " ".join(part for part in (state, zip_code) if part)
    return ", ".join(part for part in (street, second, town, where) if part) if street else ""


def _day(digits: str) -> str:
    """ISO, from MMDDCCYY or CCYYMMDD; "" where it is no day."""
    if not re.fullmatch(r"\d{8}", digits):
        return ""
    american = int(digits[:2]) <= 12 and int(digits[4:6]) in (18, 19, 20, 21)
    year, month, day = (digits[4:], digits[:2], digits[2:4]) if american else (digits[:4], digits[4:6], digits[6:])
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
