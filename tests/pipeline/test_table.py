"""Tables of items: headings in one line or several, rows over several lines, what ends a table."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.doctypes import DOC_TYPES
from pipeline.extract import extract
from tests.pipeline.written_pages import page_of


def items(*pages: str) -> list[tuple[Any, ...]]:
    """Description, quantity, unit price and amount of each row."""
    read = [page_of(text, number) for number, text in enumerate(pages, 1)]
    table = next(field for field in extract(read, DOC_TYPES["invoice"]) if field.name == "line_items")
    rows: Any = table.value or []
    return [(row["description"], row["quantity"], row["unit_price"], row["amount"]) for row in rows]


_PEN, _INK = ("Blue pen", 10.0, 2.5, 25.0), ("Black ink", 2.0, 12.0, 24.0)


@pytest.mark.parametrize(
    "text",
    [
        """
        Description        Qty     Unit price     Amount
        Blue pen           10      2.50           25.00
        Black ink          2       12.00          24.00
        Total                                     49.00
        """,
        """
        Item code    Item desc.       Price     Quantity    Total
        MA197        Blue pen         2.50      10          25.00
        ST40862L     Black ink        12.00     2           24.00
        Subtotal                                            49.00
        """,
        """
        Pos  Art. Nr.   Artikelbeschreibung   Menge   Meng.-    Preis/    Betrag   USt.
                                                      einheit   Einheit            %
        1    TB100      Blue pen              10      Stk.      2,50      25,00    19
                        GTIN: 4012345001235
        2    ARNR2      Black ink             2       Stk.      12,00     24,00    7
                        GTIN: 4000050986428
        Rechnungssumme netto                                              49,00
        """,
        """
        Description        Qty     Unit price     Amount
        Blue               10      2.50           25.00
        pen
        Discount                                  -3.00
        Black              2       12.00          24.00
        ink
        VAT 20%                                   9.80
        """,
        """
        Description        Qty     Unit price     Amount
        Blue pen           10      2.50
        4012345001235                             25.00
        Black ink          2       12.00
        4000050986428                             24.00
        Total                                     49.00
        """,
        """
        Beschreibung       Menge       Einzelpreis    Gesamtpreis
        Blue pen           10,000 St   2,5000         25,00
        Black ink          2,000 l     12,0000        24,00
        Gesamtbetrag                                  49,00
        """,
    ],
    ids=["one line", "codes beside", "two lines", "further lines", "amounts below", "three decimals"],
)
def test_rows_are_read_under_their_headings(text: str) -> None:
    assert items(text) == [_PEN, _INK]


def test_a_table_goes_on_over_the_page_until_its_sums() -> None:
    first = """
        Description        Qty     Unit price     Amount
        Blue pen           10      2.50           25.00
    """
    second = """
        Description        Qty     Unit price     Amount
        Black ink          2       12.00          24.00
        Total                                     49.00
        Paper              3       1.00           3.00
    """
    assert items(first, second) == [_PEN, _INK]


def test_a_summary_with_other_columns_is_no_second_table() -> None:
    text = """
        Description        Qty     Unit price     Amount
        Blue pen           10      2.50           25.00
        Total                                     25.00

        Tax rate           Net amount      Tax amount     Total
        20%                25.00           5.00           30.00
    """
    assert items(text) == [_PEN]


def test_an_amount_alone_is_no_item() -> None:
    text = """
        Description        Qty     Unit price     Amount
        Blue pen           10      2.50           25.00
                                                  137.29
    """
    assert items(text) == [_PEN]


@pytest.mark.parametrize(
    "text", ["Description  Price", "Description\nBlue pen  25.00", "Dear Sir,\nthe amount is 25.00"]
)
def test_without_a_heading_there_is_no_table(text: str) -> None:
    assert items(text) == []
