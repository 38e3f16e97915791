from __future__ import annotations

from typing import Any

import pytest

from pipeline.compare import _RULES, RowScore, compare, compare_rows, kind_of_field, token_f1, tokens
from pipeline.doctypes.definition import FieldKind

RENT = {"date": "2024-03-01", "description": "Rent March", "amount": -900.0, "balance": 100.0}
WAGES = {"date": "2024-03-02", "description": "PAYROLL NORTHWIND LTD", "amount": 2000.0, "balance": None}
COFFEE = {"date": "2024-03-02", "description": "Coffee", "amount": -3.5}


@pytest.mark.parametrize(
    ("doc_type", "field", "predicted", "truth", "right"),
    [
        # names: neither order, case, accents nor punctuation
        ("government_id", "full_name", "Virtanen, Maria Olivia", "MARIA OLIVIA VIRTANEN", True),
        ("government_id", "full_name", "Thuridur Osp Aevarsdottir", "ÞURÍÐUR ÖSP ÆVARSDÓTTIR", True),
        ("government_id", "full_name", "LIN CHIEN SHENG", "LIN, CHIEN-SHENG", True),
        ("w9", "name", "Sean OBrien", "Sean O’Brien", True),
        ("government_id", "full_name", "MARIA VIRTANEN", "MARIA OLIVIA VIRTANEN", False),
        ("government_id", "full_name", "JOHN JOHN SMITH", "JOHN SMITH SMITH", False),  # a bag, not a set
        # tax numbers by their digits
        ("w9", "ssn", "888578401", "888-57-8401", True),
        ("w9", "ssn", "888-57-8402", "888-57-8401", False),
        ("w9", "ein", "38 8211965", "38-8211965", True),
        ("w9", "ein", "n/a", "38-8211965", False),
        ("w9", "ein", "Applied For", "APPLIED FOR", True),
        ("w9", "ein", "n/a", "APPLIED FOR", False),
        # identifiers: neither spaces, dashes nor case
        ("bank_statement", "account_number", "de47500164975984413432", "DE47 5001 6497 5984 4134 32", True),
        ("government_id", "document_number", "15–239 1250", "15-239-1250", True),
        ("government_id", "document_number", "15.239.1250", "15-239-1250", False),
        ("government_id", "document_number", "O123", "0123", False),
        ("w9", "exempt_payee_code", "4", "4", True),
        # addresses and vendors: token F1 of 0.8
        ("w9", "address", "620 Graham Cmn", "620 Graham Common", False),
        ("w9", "address", "57334 CODY CIRCLE, APT 9", "57334 Cody Circle Apt. 9", True),
        ("receipt", "vendor_name", "KMF Foodicious Sdn. Bhd.", "KMF FOODICIOUS SDN BHD", True),
        ("receipt", "vendor_name", "Sdn. Bhd.", "KMF FOODICIOUS SDN BHD", False),
        # money within half a cent
        ("bank_statement", "closing_balance", 14750.47, 14750.47, True),
        ("bank_statement", "closing_balance", 14750.475, 14750.47, True),
        ("bank_statement", "closing_balance", 14750.48, 14750.47, False),
        ("bank_statement", "closing_balance", "14750.47", 14750.47, False),  # not normalised
        ("bank_statement", "opening_balance", 0, 0.0, True),
        ("bank_statement", "opening_balance", False, 0.0, False),
        ("receipt", "total", 39, 39.0, True),
        # dates exactly
        ("w9", "signature_date", "2024-10-07", "2024-10-07", True),
        ("w9", "signature_date", "10/07/2024", "2024-10-07", False),
        # codes and choices
        ("bank_statement", "currency", "usd", "USD", True),
        ("government_id", "sex", "f", "F", True),
        ("w9", "federal_tax_classification", "s corporation", "S corporation", True),
        ("w9", "federal_tax_classification", "C corporation", "S corporation", False),
        ("w9", "federal_tax_classification", "Limited liability company (S)", "Limited liability company (C)", False),
        ("w9", "federal_tax_classification", "Limited liability company", "Limited liability company (C)", False),
        ("w9", "federal_tax_classification", "Other (nonprofit  corporation)", "Other (Nonprofit corporation)", True),
        ("w9", "federal_tax_classification", "Other (Trust)", "Other (Nonprofit corporation)", False),
        # text: its words in their order
        ("government_id", "issuing_authority", "pu zagreb", "PU/ZAGREB", True),
        ("government_id", "nationality", "ceska republika czech republic", "ČESKÁ REPUBLIKA / CZECH REPUBLIC", True),
        ("government_id", "nationality", "CZECH REPUBLIC", "ČESKÁ REPUBLIKA / CZECH REPUBLIC", False),
        ("bank_statement", "bank_name", "Bank Meridian Trust", "Meridian Trust Bank", False),
        # types without definitions yet, by the field's name
        ("invoice", "invoice_number", "ia-19", "IA19", True),
        ("invoice", "due_date", "2024-05-24", "2024-05-24", True),
        ("invoice", "currency", "gbp", "GBP", True),
        ("receipt", "address", "43-45 Taman Sejati 45600 Ijok", "NO 43-45, TAMAN SEJATI, IJOK, 45600", True),
        # not there, not found, not of its kind
        ("w9", "ein", None, None, True),
        ("w9", "ein", "38-8211965", None, False),
        ("w9", "ein", None, "38-8211965", False),
        ("bank_statement", "closing_balance", [1], 14750.47, False),
        ("bank_statement", "transactions", "none", [RENT], False),
        ("bank_statement", "transactions", None, [], True),
        ("bank_statement", "transactions", [RENT], [], False),
        ("bank_statement", "transactions", [RENT], None, False),
    ],
)  # fmt: skip
def test_what_counts_as_right(doc_type: str, field: str, predicted: Any, truth: Any, right: bool) -> None:
    assert compare(predicted, truth, doc_type, field).score.right is right


@pytest.mark.parametrize(
    ("predicted", "truth", "expected"),
    [
        ("620 Graham Common", "620 graham common", 1.0),
        ("620 Graham Cmn", "620 Graham Common", 2 / 3),
        ("a a b", "a b b", 2 / 3),
        ("nothing shared", "at all", 0.0),
        ("", "something", 0.0),
        ("", "", 1.0),
        ("- . -", "", 1.0),
    ],
)
def test_token_f1(predicted: str, truth: str, expected: float) -> None:
    assert token_f1(predicted, truth) == pytest.approx(expected)


def test_token_f1_is_not_scored_where_there_is_no_field() -> None:
    assert compare(None, None, "w9", "ein").score.token_f1 is None
    assert compare("1", None, "w9", "ein").score.token_f1 is None
    assert compare(None, "38-8211965", "w9", "ein").score.token_f1 == 0.0


def test_words_of_other_scripts_and_ligatures() -> None:
    assert tokens("Straße ﬁne № 5 Łódź 中華") == ["strasse", "fine", "no", "5", "lodz", "中華"]


@pytest.mark.parametrize(
    ("predicted", "truth", "matched"),
    [
        ([RENT, WAGES, COFFEE], [RENT, WAGES, COFFEE], 3),
        ([COFFEE, RENT], [RENT, COFFEE], 2),  # the order does not matter
        ([RENT, RENT], [RENT], 1),  # a row is used once
        ([RENT], [RENT, RENT], 1),
        ([RENT | {"date": "2024-03-02"}], [RENT], 0),
        ([RENT | {"amount": 900.0}], [RENT], 0),  # the sign counts
        ([RENT | {"amount": None}], [RENT], 0),
        ([RENT | {"balance": 7.0}], [RENT], 1),  # the balance does not
        ([WAGES | {"description": "PAYROLL NORTHWIND"}], [WAGES], 1),
        ([WAGES | {"description": "PAYROLL"}], [WAGES], 0),
        ([WAGES | {"description": None}], [WAGES], 0),
        ([{"amount": 750.0}], [{"description": None, "quantity": 150, "amount": 750.0}], 1),
        ([{"amount": 750.0, "date": "2024-01-01"}], [{"description": "x", "amount": 750.0}], 0),
        (["not a row", None], [RENT], 0),
        ([], [RENT], 0),
    ],
)  # fmt: skip
def test_rows_that_match(predicted: list[Any], truth: list[Any], matched: int) -> None:
    assert compare_rows(predicted, truth) == RowScore(matched, len(predicted), len(truth))


def test_rows_are_paired_so_that_most_find_a_partner() -> None:
    """The first true row fits both, the second only the one that the first would take."""
    same = {"date": "2024-01-01", "amount": 1.0}
    said = [same | {"description": "a b c d"}, same | {"description": "a b c x y z"}]
    true = [same | {"description": "a b c"}, same | {"description": "b c d a q"}]
    assert compare_rows(said, true).matched == 2


def test_row_precision_recall_and_f1() -> None:
    rows = compare_rows([RENT, COFFEE], [RENT, WAGES, WAGES])
    assert (rows.precision, rows.recall) == (0.5, 1 / 3)
    assert rows.f1 == pytest.approx(0.4)
    assert compare([RENT, COFFEE], [RENT, WAGES, WAGES], "bank_statement", "transactions").score.token_f1 == rows.f1
    none = compare_rows([], [])
    assert (none.precision, none.recall, none.f1) == (None, None, None)


def test_a_whole_table_is_right_when_every_row_is() -> None:
    assert compare([RENT, WAGES], [WAGES, RENT], "bank_statement", "transactions").score.right
    assert not compare([RENT, WAGES, COFFEE], [WAGES, RENT], "bank_statement", "transactions").score.right


def test_every_kind_has_a_rule() -> None:
    assert set(_RULES) == set(FieldKind)


@pytest.mark.parametrize(
    ("doc_type", "field", "truth", "kind"),
    [
        ("w9", "exempt_payee_code", "4", FieldKind.IDENTIFIER),
        ("no_such_type", "tax", 1.5, FieldKind.MONEY),
        ("no_such_type", "vendor_address", "x", FieldKind.ADDRESS),
        ("no_such_type", "colour", "red", FieldKind.TEXT),
        ("w9", "no_such_name", "Ann", FieldKind.NAME),
    ],
)
def test_the_kind_of_a_field(doc_type: str, field: str, truth: Any, kind: FieldKind) -> None:
    assert kind_of_field(doc_type, field, truth) is kind
