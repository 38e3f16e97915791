"""What the shape of the first page says about its type, whatever language it is in: how long and wide the text is, how
much of it is amounts, dates or running text.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence

from pipeline.types import Page, Word

ZONE = "a machine-readable zone"
LICENCE_CODE = "a driving licence's bar code"
PAYMENT_CODE = "a code to pay by"
CARD = "the shape of a card, with few words and no amounts"
SLIP = "a long, narrow slip"
NARROW = "a narrow column of text with amounts"
WIDE = "amounts on a page as wide as a letter"
TIME = "a time of day"
BRIEF_BILL = "few words, many of them amounts"
AMOUNTS = "amounts"
UNTOTALLED = "amounts of which no total is named"
DATE_COLUMN = "a column of dates"
PROSE = "running text"
WORDY = "many words"
BLANKS = "blanks to be filled in"
CONTACT = "contact details, few words and no amounts"
LONG = "more words than fit on a card"

WEIGHTS: dict[str, dict[str, float]] = {
    "government_id": {ZONE: 7.0, LICENCE_CODE: 7.0, CARD: 1.5, LONG: -6.0, AMOUNTS: -2.0},
    "receipt": {
        SLIP: 3.0,
        NARROW: 2.5,
        TIME: 1.5,
        BRIEF_BILL: 2.0,
        WORDY: -2.0,
        PROSE: -2.0,
        AMOUNTS: 0.5,
        WIDE: -0.5,
        UNTOTALLED: -1.5,
    },
    "invoice": {PAYMENT_CODE: 2.0, BRIEF_BILL: 0.5, WIDE: 1.0, AMOUNTS: 1.0, PROSE: -1.0, UNTOTALLED: -1.0},
    "bank_statement": {DATE_COLUMN: 3.0, AMOUNTS: 0.5, SLIP: -1.0, WIDE: 0.5},
    "utility_bill": {PAYMENT_CODE: 1.0, AMOUNTS: 0.5, WIDE: 0.5},
    "pay_stub": {AMOUNTS: 0.5, WIDE: 0.5},
    "other": {PROSE: 3.5, BLANKS: 2.5, AMOUNTS: -2.0, CONTACT: 2.5, UNTOTALLED: 3.0},
}
"""type -> {feature: weight}, on the scale of the cue phrases."""

_AAMVA = ("ANSI ", "AAMVA")
"""How the PDF417 code of North American licences begins (AAMVA DL/ID Card Design Standard 2020, D.12.3)."""
_PAYMENT = ("SPC\n", "SPC\r\n", "BCD\n", "BCD\r\n")
"""How the QR codes of Swiss QR-bills and of SEPA credit transfers (EPC069-12) begin."""
_FILLERS = re.compile(r"[<«]{4}|[<«K]{6}|(?:<[^<]*){4}")
"""Runs of the zone's filler, which OCR may take for K or «; or four of it."""
_AMOUNT = re.compile(r"[^\d\s]{0,3}\d{1,3}(?:[.,'’]?\d{3})*[.,]\d{2}[^\d\s]{0,3}")
_TIME = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:\s?[AaPp]\.?[Mm])?(?![\d:])")
_MONTH_NAME = (
    r"(?:jan|feb|fev|f[ée]v|mar|m[äa]r|mrz|mrt|apr|avr|abr|may|mai|mei|mag|jun|juin|giu|jul|juil|lug|aug|ago|ao[uû]|"
    r"sep|set|oct|okt|ott|out|nov|dec|d[ée]c|dez|dic|ene|gen)"
)
_MONTH = re.compile(_MONTH_NAME + r"[^\W\d]{0,7}\.?", re.IGNORECASE)
_DATE = re.compile(
    r"[0-3]?\d[/-][0-3]?\d(?:[/-](?:\d{2}|\d{4}))?|[0-3]?\d\.[0-3]?\d\.(?:\d{2}|\d{4})?|\d{4}-\d\d-\d\d"
    rf"|[0-3]?\d-?{_MONTH_NAME}[a-z]{{0,7}}(?:-?\d{{2,4}})?",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"tota|balance|amount|\bsum|summe|saldo|solde|montant|importe?\b|betrag|gesamt|jumlah|\bdue\b|payable|netto?|brutto"
    r"|a payer|à payer|a pagar|da pagare|te betalen|zu zahlen|bayar",
    re.IGNORECASE,
)
_BLANK = re.compile(r"_{3,}|\.{6,}")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.\w")
_PHONE = re.compile(r"\+?\(?\d[\d ().-]{6,20}\d")
_MOST_LETTERS = 40_000
"""No page that a person reads has more; what one that does not says further on is left out, to bound the time."""
_SLIP_RATIO = 1.9
_CARD_RATIO = 1.2
_CARD_WORDS = 130
_SENTENCE_WORDS = 8
_SMALL_SHARE = 0.6
_SAME_COLUMN = 0.02


def describe(page: Page) -> dict[str, float]:
    """The features that a page with words has, each 0..1; those at 0 are left out."""
    texts = [word.text for word in page.words]
    text = page.text[:_MOST_LETTERS]
    count = len(texts)
    amounts = sum(1 for each in texts if _AMOUNT.fullmatch(each))
    across = _letters_across(page.words)
    found = {
        ZONE: float(any(_is_zone_line(line) for line in text.splitlines())),
        LICENCE_CODE: float(has_licence_code(page)),
        PAYMENT_CODE: float(any(code.text.startswith(_PAYMENT) for code in page.codes)),
        CARD: float(page.width_pt > _CARD_RATIO * page.height_pt and count < _CARD_WORDS and amounts == 0),
        SLIP: float(page.height_pt > _SLIP_RATIO * page.width_pt),
        NARROW: (1 - _ramp(across, 46, 62)) * (amounts >= 2),
        WIDE: _ramp(across, 55, 75) * (amounts >= 2),
        TIME: float(bool(_TIME.search(text))),
        BRIEF_BILL: _ramp(amounts / count, 0.04, 0.10) * (1 - _ramp(count, 120, 220)) * (amounts >= 2),
        AMOUNTS: _ramp(amounts / count, 0.01, 0.06),
        UNTOTALLED: float(amounts >= 3 and not _TOTAL.search(text)),
        DATE_COLUMN: _ramp(_longest_date_column(page.words), 2, 6),
        PROSE: _ramp(_prose_share(page), 0.35, 0.7),
        WORDY: _ramp(count, 350, 700),
        LONG: _ramp(count, 150, 300),
        BLANKS: _ramp(sum(1 for each in texts if _BLANK.search(each)), 2, 6),
        CONTACT: float(bool(_MAIL.search(text) and _PHONE.search(text))) * (amounts == 0) * (1 - _ramp(count, 60, 120)),
    }
    return {name: value for name, value in found.items() if value > 0}


def has_licence_code(page: Page) -> bool:
    """Whether a bar code of a North American driving licence or ID card is on the page."""
    return any(code.text.lstrip("@\n\r\x1c\x1e ").startswith(_AAMVA) for code in page.codes)


def is_running_text(line: Sequence[Word]) -> bool:
    """Whether a line is one of a paragraph: long, and mostly in small letters."""
    return len(line) >= _SENTENCE_WORDS and sum(word.text[:1].islower() for word in line) >= _SMALL_SHARE * len(line)


def _ramp(value: float, none: float, full: float) -> float:
    """0 up to `none`, 1 from `full` on, straight in between."""
    return min(1.0, max(0.0, (value - none) / (full - none)))


def _is_zone_line(text: str) -> bool:
    """Whether a line looks like one of ICAO 9303's machine-readable zone: long, in capitals, filled with "<"."""
    squeezed = text.replace(" ", "")
    return len(squeezed) >= 28 and squeezed.upper() == squeezed and bool(_FILLERS.search(squeezed))


def _letters_across(words: Sequence[Word]) -> float:
    """How many letters of the usual width fit across the text; a till prints 24 to 48, a letter has 80 and more."""
    widths = [(word.box.x1 - word.box.x0) / len(word.text) for word in words if len(word.text) >= 3]
    if not widths:
        return 0.0
    lefts = sorted(word.box.x0 for word in words)
    rights = sorted(word.box.x1 for word in words)
    outliers = len(words) // 20
    across = rights[-1 - outliers] - lefts[outliers]
    return across / max(statistics.median(widths), 1e-6)


def _longest_date_column(words: Sequence[Word]) -> int:
    """How many dates stand below each other."""
    dates = [word for word in words if _DATE.fullmatch(word.text) or _MONTH.fullmatch(word.text)]
    columns = Counter(round(word.box.x0 / _SAME_COLUMN) for word in dates)
    return max((columns[column] + columns[column + 1] for column in columns), default=0)


def _prose_share(page: Page) -> float:
    """Which share of the words stands in lines of running text."""
    return sum(len(line) for line in page.lines if is_running_text(line)) / len(page.words)
