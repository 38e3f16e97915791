"""Text for a cell of a spreadsheet, such that no spreadsheet program takes it for a formula.

Excel, LibreOffice and Google Sheets run what stands in a cell from `=`, `+`, `-` or `@` on, also in a file of
comma-separated values (OWASP, "CSV Injection").
"""

from __future__ import annotations

import re
import unicodedata

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

_STARTS = "=+-@"
_BLANK_STARTS = ("\t", "\r", "\n")
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
_INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")
_SEPARATOR = re.compile(r"(?<=[;\t\r\n])")
"""Where Excel begins a new cell in countries that write decimal commas, quotation marks or not."""
_NOT_IN_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")
_XLSX_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_MOST_CHARACTERS = 32_767
"""In one cell of Excel (Microsoft, "Excel specifications and limits")."""


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet program could take a text for a formula.

    It looks behind spaces and invisible characters, and at full-width and other forms of the dangerous ones; a plain
    negative number is none.
    """
    if text.startswith(_BLANK_STARTS):
        return True
    visible = next((c for c in text if unicodedata.category(c) not in _INVISIBLE), " ")
    return unicodedata.normalize("NFKC", visible)[0] in _STARTS and not _PLAIN_NUMBER.fullmatch(text)


def csv_text(text: str) -> str:
    """A text for a file of separated values: an apostrophe before whatever could be a formula."""
    return "".join(f"'{part}" if is_dangerous(part) else part for part in _SEPARATOR.split(text.replace("\0", "")))


def xlsx_text(text: str) -> str:
    """A text as a workbook holds it: without what XML forbids, no longer than a cell, nothing taken for an escape."""
    clean = _NOT_IN_XML.sub("", ILLEGAL_CHARACTERS_RE.sub("", text))
    clean = _XLSX_ESCAPE.sub("_x005F_", clean)
    return clean if len(clean) <= _MOST_CHARACTERS else clean[: _MOST_CHARACTERS - 1] + "…"
