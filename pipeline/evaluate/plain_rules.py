"""What an engineer writes in an afternoon: one regular expression per field over the page's text. The benchmark's
baseline; nothing else uses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from pipeline.dates import DateOrder, find_dates, likely_order
from pipeline.extract.layout import rows, text_of
from pipeline.money import currency_of, parse_money
from pipeline.types import JsonValue, Page

_Values = dict[str, JsonValue]
_AMOUNT = r"[^\d\n]{0,40}?(-?[$£€]?\s?\d[\d.,]*\d)"
_DATE = r"[^\n]{0,40}"


def plain_fields(pages: Sequence[Page], doc_type: str) -> _Values:
    """The fields of a document by regular expressions over its text.

    Args:
        pages: as read; the text is the same that every other way gets.
        doc_type: its true type.
    """
    # Row by row across columns, so that a label and its amount stand on one line.
    text = "\n".join(text_of(row) for page in pages for row in rows(page.words))
    return _BY_TYPE[doc_type](text, likely_order([text]))


def _first(pattern: str, text: str) -> str | None:
    match = re.search(pattern, text, re.IGNORECASE | re.MULTILINE)
    return match[1].strip(" .:,") if match else None


def _money(label: str, text: str) -> JsonValue:
    found = _first(rf"\b(?:{label})\b{_AMOUNT}", text)
    return parse_money(found.replace(" ", "")) if found else None


def _last_money(label: str, text: str) -> JsonValue:
    found = re.findall(rf"\b(?:{label})\b{_AMOUNT}", text, re.IGNORECASE)
    return parse_money(found[-1].replace(" ", "")) if found else None


def _day(label: str, text: str, order: DateOrder) -> JsonValue:
    for match in re.finditer(rf"(?:{label})({_DATE}(?:\n[^\n]*)?)", text, re.IGNORECASE):
        dates = find_dates(match[1], order)
        if dates:
            return dates[0].value.isoformat()
    return None


def _any_day(text: str, order: DateOrder) -> JsonValue:
    dates = find_dates(text, order)
    return dates[0].value.isoformat() if dates else None


def _first_line(text: str) -> str | None:
    return next((line.strip() for line in text.splitlines() if sum(c.isalpha() for c in line) > 3), None)


def _invoice(text: str, order: DateOrder) -> _Values:
    label = r"(?:invoice|rechnung\w*|facture|bill)\s*(?:no|nr|number|num|#|n°)?[.:#\s]*"
    return {
        "vendor_name": _first_line(text),
        "invoice_number": _first(label + r"([A-Z0-9][A-Z0-9/-]*\d[A-Z0-9/-]*)", text),
        "invoice_date": _day("invoice date|rechnungsdatum|dated?", text, order) or _any_day(text, order),
        "due_date": _day("due date|due by|payable by|netto bis|fällig", text, order),
        "currency": currency_of(text),
        "subtotal": _money("sub ?total|net amount|netto|total ht", text),
        "tax": _money("tax|vat|gst|ust|mwst|tva", text),
        "total": _last_money("total|amount due|brutto|gesamtbetrag", text),
        "line_items": [
            {"description": name.strip(), "amount": parse_money(amount)}
            for name, amount in re.findall(r"^(.*[A-Za-z]{3}.*?)\s(\d[\d.,]*[.,]\d\d)$", text, re.MULTILINE)
            if not re.search(r"total|tax|vat|due", name, re.IGNORECASE)
        ],
    }


def _receipt(text: str, order: DateOrder) -> _Values:
    lines = text.splitlines()
    return {
        "vendor_name": _first_line(text),
        "date": _any_day(text, order),
        "total": _money(r"(?<!sub)(?<!sub )total|amount due|balance due", text),
        "address": ", ".join(lines[1:4]) if len(lines) > 3 else None,
        "currency": currency_of(text),
        "tax": _money("tax|vat|gst", text),
    }


def _statement(text: str, order: DateOrder) -> _Values:
    period = find_dates(text, order)
    entries: list[JsonValue] = []
    for line in text.splitlines():
        days, amounts = find_dates(line, order), re.findall(r"-?[$£€]?\d[\d.,]*[.,]\d\d-?", line)
        if days and days[0].start < 3 and amounts:
            what = line[days[0].end : line.find(amounts[0])].strip()
            entries.append({"date": days[0].value.isoformat(), "description": what, "amount": parse_money(amounts[0])})
    return {
        "bank_name": _first_line(text),
        "account_holder": _first(r"account (?:holder|name)[:\s]+([^\n]+)", text),
        "account_number": _first(r"(?:account (?:number|no)|iban|konto\w*)[.:#\s]*([A-Z]{0,2}\d[\d\s-]{5,30}\d)", text),
        "statement_start_date": period[0].value.isoformat() if period else None,
        "statement_end_date": period[1].value.isoformat() if len(period) > 1 else None,
        "opening_balance": _money("opening balance|beginning balance|previous balance|balance brought forward", text),
        "closing_balance": _money("closing balance|ending balance|new balance|balance carried forward", text),
        "total_deposits": _money("total (?:deposits|credits|paid in)|deposits", text),
        "total_withdrawals": _money("total (?:withdrawals|debits|paid out)|withdrawals", text),
        "currency": currency_of(text),
        "transactions": entries,
    }


def _government_id(text: str, order: DateOrder) -> _Values:
    zone = re.search(r"P<[A-Z<]{3}([A-Z]+(?:<[A-Z]+)*)<<([A-Z<]+)", text)
    lower = re.search(r"([A-Z0-9<]{9})\d([A-Z<]{3})(\d{6})\d([MFX<])(\d{6})\d", text)
    name = f"{zone[2].replace('<', ' ').strip()} {zone[1].replace('<', ' ')}" if zone else None
    kind = _first(r"(passport card|passport|driver.?s? licen[sc]e|driving licence|identity card|resident)", text)
    return {
        "id_type": {"passport": "passport", "passport card": "passport_card", "identity card": "id_card"}.get(
            (kind or "").lower(), "driver_license" if kind else None
        ),
        "document_number": lower[1].strip("<") if lower else _first(r"(?:DL|LIC|No)[.#:\s]*([A-Z0-9-]{6,})", text),
        "full_name": name or _first(r"name[:\s]+([^\n]+)", text),
        "date_of_birth": _zone_day(lower[3], date.today().year) if lower else _day("birth|dob", text, order),
        "issue_date": _day("iss(?:ue|ued)?", text, order),
        "expiry_date": _zone_day(lower[5], 2080) if lower else _day("exp(?:iry|ires|iration)?", text, order),
        "address": _first(r"^(\d+ [^\n]+\n[^\n]+\d{5})", text),
        "sex": lower[4] if lower else _first(r"\bsex[:\s]*([MF])\b", text),
        "issuing_authority": _first(r"authority[^\n]*\n([^\n]+)", text),
        "nationality": lower[2].strip("<") if lower else _first(r"nationality[^\n]*\n([^\n]+)", text),
    }


def _zone_day(digits: str, latest: int) -> str:
    century = 2000 if 2000 + int(digits[:2]) <= latest else 1900
    return f"{century + int(digits[:2])}-{digits[2:4]}-{digits[4:]}"


def _w9(text: str, order: DateOrder) -> _Values:
    return {
        "name": _first(r"(?:income tax return\)|entry is required)[^\n]*\n([^\n]+)", text),
        "business_name": _first(r"business name[^\n]*\n([^\n]+)", text),
        "federal_tax_classification": _first(r"[xX✓☒]\s*(individual/sole proprietor|[CS] corporation)", text),
        "exempt_payee_code": _first(r"exempt payee code[^\d\n]*(\d{1,2})", text),
        "address": _first(r"address \(number[^\n]*\n([^\n]+)", text),
        "city_state_zip": _first(r"^([A-Z][A-Za-z .]+,? [A-Z]{2} \d{5}(?:-\d{4})?)$", text),
        "account_numbers": _first(r"account number[^\n]*\n([^\n]+)", text),
        "ssn": _first(r"\b(\d{3}-\d{2}-\d{4})\b", text),
        "ein": _first(r"\b(\d{2}-\d{7})\b", text),
        "signature_date": _day("date", text, order),
    }


_BY_TYPE: dict[str, Callable[[str, DateOrder], _Values]] = {
    "w9": _w9,
    "bank_statement": _statement,
    "government_id": _government_id,
    "invoice": _invoice,
    "receipt": _receipt,
}
