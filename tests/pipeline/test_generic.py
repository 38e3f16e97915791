"""Fields by a type's definition alone, on pages that are written down here."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec, SumRule
from pipeline.extract.generic import fields_of_type
from pipeline.extract.labels import find_labels
from pipeline.extract.locale import currency_of_document, dates_of
from pipeline.extract.parted import parted
from pipeline.extract.sums import holds
from pipeline.learning.weights import Example, learn
from pipeline.run import extract_fields
from tests.pipeline.written_pages import page_of

TODAY = date(2026, 1, 31)
AMERICAN = """
LARK & ROWE LLC
12 Mill Road
Salem, OR 97301
                                           INVOICE
Bill to                                    Invoice #      LR-2041
Fenwick Stores                             Invoice date   03/04/2025
8 High Street                              Due date       04/03/2025
Boise, ID 83702                            PO number      88121

Description                 Qty       Unit price      Amount
Oak shelf 80 cm             2         45.00           90.00
Brass hinge                 10        3.10            31.00

                                      Subtotal        121.00
                                      Sales tax       9.68
                                      Total due       $130.68
"""
GERMAN = """
Weidenhof Technik GmbH
Ahornweg 3
80333 München

RECHNUNG
Rechnungsnummer   2025-0815
Rechnungsdatum    05.03.2025
Kundennummer      44120
Lieferdatum       01.03.2025

Bezeichnung          Menge     Einzelpreis     Betrag
Filtereinsatz        3         120,00          360,00

Rechnungssumme Netto (excl. USt.)              360,00
USt. 19 %                                      68,40
Rechnungssumme Brutto (inkl. USt.)             428,40
Zahlbar innerhalb 30 Tagen netto bis 04.04.2025
"""
INDIAN = """
Zenith Traders Pvt. Ltd.
14 Hill Road, Pune 411001
GSTIN: 27ABCDE1234F1Z5
                                 TAX INVOICE
Invoice No. ZT/884         Dated 16-Feb-2025

Description of Goods       HSN/SAC    Quantity    Rate      Amount
Brass valve                8481       2           500.00    1,000.00

                                      CGST 9%               90.00
                                      SGST 9%               90.00
                                      T otai                1,180.00
Amount in words: INR One Thousand One Hundred Eighty Only
"""
CREDIT_NOTE = """
Weidenhof Technik GmbH
GUTSCHRIFT Nr. (380) RK-2207 vom 05.03.2025

Warenwert     Nettobetrag     MwSt-Betrag     MwSt-%     Endbetrag
-5,00         -4,85           -0,92           19,0       -5,77
-2,90         -2,82           -0,20           7,0        -3,02
-7,90         -7,67           -1,12           EUR        -8,79
"""
MALAYSIAN = """
     tan mei lin
  KEDAI SERI MAJU SDN BHD (81921-K)
  12, JALAN MERBAU 3,
  81100 JOHOR BAHRU
  TEL: 07-355 0199
     TAX INVOICE
 Invoice No: CS0088121
 Date:09/06/2018 12:17:20 PM
 TEH TARIK     2 x 2.50    5.00
 ROTI CANAI    1 x 1.21    1.21
 Total (Excluding GST)     6.21
 GST 6%                    0.37
 Rounding                 -0.03
 Total (Inclusive of GST)  6.55
 CASH                     10.00
 CHANGE                    3.45
 GST Summary  Amount   Tax
 SR 6%        6.21     0.37
 Total        6.21     0.37
"""
UNNAMED_TOTAL = """
   SUNFERN CAFE
 SALTED RICE    8.50
 SOYA DRINK     4.30
 SUBTOTAL      12.80
 CASH          20.00
 CHANGE         7.20
 05/01/2018
"""


def values(text: str, doc_type: str) -> dict[str, Any]:
    return {value.name: value.value for value in fields_of_type([page_of(text)], DOC_TYPES[doc_type], TODAY)}


def test_an_american_invoice() -> None:
    found = values(AMERICAN, "invoice")
    items = found.pop("line_items")
    assert found == {
        "vendor_name": "LARK & ROWE LLC",
        "invoice_number": "LR-2041",
        "invoice_date": "2025-03-04",
        "due_date": "2025-04-03",
        "currency": "USD",
        "subtotal": 121.0,
        "tax": 9.68,
        "total": 130.68,
    }
    assert items == [
        {"description": "Oak shelf 80 cm", "quantity": 2.0, "unit_price": 45.0, "amount": 90.0},
        {"description": "Brass hinge", "quantity": 10.0, "unit_price": 3.1, "amount": 31.0},
    ]


def test_a_german_invoice() -> None:
    found = values(GERMAN, "invoice")
    assert {
        name: found[name] for name in ("vendor_name", "invoice_number", "invoice_date", "due_date", "currency")
    } == {
        "vendor_name": "Weidenhof Technik GmbH",
        "invoice_number": "2025-0815",
        "invoice_date": "2025-03-05",
        "due_date": "2025-04-04",
        "currency": "EUR",
    }
    assert (found["subtotal"], found["tax"], found["total"]) == (360.0, 68.4, 428.4)


def test_an_indian_invoice_says_its_total_in_words_and_its_tax_in_two_parts() -> None:
    found = values(INDIAN, "invoice")
    assert (found["total"], found["tax"]) == (1180.0, 180.0)
    assert (found["invoice_number"], found["invoice_date"]) == ("ZT/884", "2025-02-16")


def test_a_credit_note_with_a_sum_per_tax_rate() -> None:
    found = values(CREDIT_NOTE, "invoice")
    assert (found["subtotal"], found["tax"], found["total"]) == (-7.67, -1.12, -8.79)
    assert (found["invoice_number"], found["invoice_date"]) == ("RK-2207", "2025-03-05")


def test_a_receipt_with_a_tax_summary() -> None:
    found = values(MALAYSIAN, "receipt")
    assert found["vendor_name"] == "KEDAI SERI MAJU SDN BHD"
    assert found["date"] == "2018-06-09"
    assert found["total"] == 6.55
    assert found["currency"] == "MYR"
    assert found["address"] == "12, JALAN MERBAU 3, 81100 JOHOR BAHRU"


def test_cash_less_change_is_the_total() -> None:
    assert values(UNNAMED_TOTAL, "receipt")["total"] == 12.8


def test_every_value_has_its_place_and_parts() -> None:
    for value in fields_of_type([page_of(AMERICAN)], DOC_TYPES["invoice"], TODAY):
        assert value.boxes
        assert value.raw
        assert value.parts is not None
        assert 0 < value.parts.engine <= 1


def test_amounts_that_add_up_are_surer_than_others() -> None:
    engine = {
        v.name: v.parts.engine for v in fields_of_type([page_of(AMERICAN)], DOC_TYPES["invoice"], TODAY) if v.parts
    }
    assert min(engine[name] for name in ("subtotal", "tax", "total")) >= 0.97


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (AMERICAN.replace("$130.68", "$131.68"), {"sum_mismatch"}),
        (AMERICAN, set()),
        ("INVOICE\nAlder Works\nInvoice no  4411\nDate  03/04/2025\nTotal  12.00", {"ambiguous_date"}),
        ("INVOICE\nAlder Works\nInvoice no  4411\nDate  03/04/2025\nPrinted 23/04/2025\nTotal  12.00", set()),
    ],
)
def test_what_is_doubtful_is_told(text: str, codes: set[str]) -> None:
    findings = extract_fields([page_of(text)], DOC_TYPES["invoice"]).findings
    assert {finding.code for finding in findings} == codes


def test_labels_longest_first() -> None:
    page = page_of("Invoice date  1 May\nSubtotal  5\nTotal (incl. GST)  6\nlnvoice number  7\nDate Dec 25\nDue  9")
    found = find_labels(page, DOC_TYPES["invoice"])
    labels = [(label.field, " ".join(word.text for word in label.words)) for label in found]
    assert labels == [
        ("invoice_date", "Invoice date"),
        ("subtotal", "Subtotal"),
        ("total", "Total (incl. GST)"),
        ("invoice_number", "lnvoice number"),
        ("invoice_date", "Date"),
        ("due_date", "Due"),
    ]


@pytest.mark.parametrize(
    ("text", "order", "sure"),
    [
        ("25/04/2025 and 03/04/2025", "DMY", True),
        ("04/25/2025 and 03/04/2025", "MDY", True),
        ("03/04/2025 Salem, OR 97301", "MDY", True),
        ("03/04/2025 VAT 20 %", "DMY", True),
        ("03/04/2025 £ 12.00", "DMY", True),
        ("03/04/2025", "MDY", False),
    ],
)
def test_how_dates_are_written(text: str, order: str, sure: bool) -> None:
    written = dates_of([page_of(text)])
    assert (written.order, written.sure) == (order, sure)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Total $12.00", "USD"),
        ("Total $12.00 ABN 51 824 753 556", "AUD"),
        ("RM 12.00", "MYR"),
        ("Meadow Sdn Bhd 12.00", "MYR"),
        ("Weide GmbH 12,00", "EUR"),
        ("12.00", None),
    ],
)
def test_the_currency(text: str, code: str | None) -> None:
    assert currency_of_document(text) == code


def test_glued_labels_are_parted() -> None:
    words = [word.text for word in parted(page_of("TOTAL:RM9.00 http://x.test 12:30 Date:2025-05-17")).words]
    assert words == ["TOTAL:", "RM9.00", "http://x.test", "12:30", "Date:", "2025-05-17"]


def test_a_sum_says_nothing_when_too_little_is_known() -> None:
    rule = SumRule(total="total", plus=("net", "tax"), minus=("discount",), needed=("net",))
    assert holds(rule, {"total": 9.0, "net": 10.0, "discount": 1.0}) is True
    assert holds(rule, {"total": 9.0, "net": 10.0}) is False
    assert holds(rule, {"total": 9.0, "tax": 9.0}) is None
    assert holds(rule, {"net": 9.0}) is None


CARD = DocType(
    name="card",
    label="Card",
    fields=(
        FieldSpec(name="plan", label="Plan", kind=FieldKind.CHOICE, choices=("Basic", "Full cover"), anchors=("plan",)),
        FieldSpec(name="member", label="Member", kind=FieldKind.NAME, anchors=("member",)),
        FieldSpec(name="lives_at", label="Address", kind=FieldKind.ADDRESS, anchors=("address",)),
        FieldSpec(name="note", label="Note", kind=FieldKind.TEXT, anchors=("note",)),
    ),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Member: Jo Doe\nPlan: Full covar\nNote: see overleaf", ("Full cover", "Jo Doe", None, "see overleaf")),
        (
            "Member\nJo Doe\n\nAddress   4 Elm Street\n          Salem, OR 97301",
            (None, "Jo Doe", "4 Elm Street, Salem, OR 97301", None),
        ),
        ("Plan: Gold", (None, None, None, None)),
    ],
)  # fmt: skip
def test_kinds_that_need_a_label(text: str, expected: tuple[str | None, ...]) -> None:
    found = {value.name: value.value for value in fields_of_type([page_of(text)], CARD, TODAY)}
    assert tuple(found.get(spec.name) for spec in CARD.fields) == expected


def test_learning_moves_only_the_weights_that_examples_speak_of() -> None:
    examples = [Example(({"low": 1.0}, {"high": 1.0}), (True, False)) for _ in range(40)]
    prior = {"nothing known": -1.0, "high": 2.0, "unseen": 1.5}
    weights = learn(examples, prior, strength=1.0)
    assert weights["unseen"] == 1.5
    assert weights["low"] > weights["high"]
    hardly = learn(examples[:1], prior, strength=50.0)
    assert hardly["high"] == pytest.approx(2.0, abs=0.05)


def test_learning_that_a_field_is_absent() -> None:
    weights = learn([Example(({"tiny": 1.0},), (False,)) for _ in range(40)], {"nothing known": 1.0}, strength=0.5)
    assert weights["nothing known"] + weights["tiny"] < -1.0
