"""How nine countries write their invoices: words, money, dates, taxes, addresses."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import continental, money
from pipeline.samples.sheet import A4, LETTER


@dataclass(frozen=True, slots=True)
class Words:
    """An invoice's words in a language; of several the drawing chooses one."""

    title: tuple[str, ...]
    credit: str
    number: tuple[str, ...]
    date: tuple[str, ...]
    due: tuple[str, ...]
    order: str
    customer: str
    bill_to: str
    description: tuple[str, ...]
    quantity: tuple[str, ...]
    price: tuple[str, ...]
    amount: tuple[str, ...]
    subtotal: tuple[str, ...]
    total: tuple[str, ...]
    carried: str


@dataclass(frozen=True, slots=True)
class Market:
    """A country's invoices.

    Attributes:
        words: the language's.
        page: its paper.
        currency: ISO 4217 code.
        shown: prints an amount with its currency.
        plain: prints an amount without.
        days: date formats (strftime).
        taxes: the parts of the tax: label and percent.
        forms: legal forms of firms.
        address: makes one.
        registered: what stands beside the firm's address, e.g. its tax number.
    """

    words: Words
    page: tuple[float, float]
    currency: str
    shown: Callable[[int], str]
    plain: Callable[[int], str]
    days: tuple[str, ...]
    taxes: tuple[tuple[str, int], ...]
    forms: tuple[str, ...]
    address: Callable[[random.Random], people.PostalAddress]
    registered: Callable[[random.Random], str]


def _spaced(cents: int) -> str:
    return money(cents).replace(",", " ").replace(".", ",")


def _lakhs(cents: int) -> str:
    """Indian grouping: 1234567.00 is 12,34,567.00."""
    whole, _, fraction = f"{abs(cents) / 100:.2f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [head[max(0, i - 2) : i] for i in range(len(head), 0, -2)][::-1]
    return ("-" if cents < 0 else "") + ",".join([*groups, tail]) + "." + fraction


def _town(
    towns: tuple[str, str, str], code: Callable[[random.Random], str]
) -> Callable[[random.Random], people.PostalAddress]:
    def address(rng: random.Random) -> people.PostalAddress:
        street, house = rng.choice(_STREETS[towns]), rng.randint(1, 140)
        line = street.replace("#", str(house))
        return people.PostalAddress(line, code(rng).replace("@", rng.choice(towns)))

    return address


_FRENCH, _SPANISH = ("Valbreuil", "Saint-Orval", "Montclair"), ("Villanueva", "Puertoclaro", "Robledal")
_ITALIAN, _DUTCH = ("Montefosco", "Valdoro", "Castelrosso"), ("Nieuwdrecht", "Oosterwaal", "Lindehoven")
_INDIAN, _AUSTRALIAN = ("Chandrapura", "Navgaon", "Sitapuri"), ("Wattle Creek", "Port Merrin", "Gumbala")
_STREETS = {
    _FRENCH: ("# rue des Tilleuls", "# avenue du Moulin"), _SPANISH: ("Calle Mayor #", "Avenida del Río #"),
    _ITALIAN: ("Via Garibaldi #", "Piazza del Duomo #"), _DUTCH: ("Molenstraat #", "Kerklaan #"),
    _INDIAN: ("# Gandhi Road", "Plot # Industrial Area"), _AUSTRALIAN: ("# Banksia Street", "# Harbour Road"),
}  # fmt: skip


def _digits(count: int) -> Callable[[random.Random], str]:
    return lambda rng: people.digits(rng, count)


_ENGLISH = Words(
    ("INVOICE", "Invoice", "TAX INVOICE"), "CREDIT NOTE", ("Invoice No.", "Invoice number", "Invoice #", "Invoice ID"),
    ("Invoice date", "Date", "Date of issue", "Issue date"), ("Due date", "Payment due", "Due by", "Pay by"),
    "PO number", "Customer no.", "Bill to", ("Description", "Item", "Details", "Product", "Service"),
    ("Qty", "Quantity", "Units"), ("Unit price", "Price", "Rate", "Price each"), ("Amount", "Total", "Line total"),
    ("Subtotal", "Net amount", "Sub total", "Net total"), ("Total", "Amount due", "Total due", "Balance due"),
    "Carried forward",
)  # fmt: skip
_INDIA = Words(
    ("TAX INVOICE",), "CREDIT NOTE", ("Invoice No.", "Invoice No", "Bill No."), ("Dated", "Invoice Date", "Date"),
    ("Due Date", "Payment due"), "Buyer's Order No.", "Customer ID", "Buyer",
    ("Description of Goods", "Particulars", "Description"), ("Quantity", "Qty"), ("Rate", "Unit Price"), ("Amount",),
    ("Taxable Value", "Sub Total"), ("Grand Total", "Total", "Invoice Total"), "Carried over",
)  # fmt: skip
_GERMAN = Words(
    ("Rechnung", "RECHNUNG"), "Gutschrift", ("Rechnungsnummer", "Rechnung Nr.", "Rechnungs-Nr.", "Belegnummer"),
    ("Rechnungsdatum", "Datum", "Belegdatum"), ("Fällig am", "Zahlbar bis", "Fälligkeitsdatum"), "Bestellnummer",
    "Kundennummer", "Rechnung an", ("Bezeichnung", "Artikelbezeichnung", "Leistung", "Beschreibung"),
    ("Menge", "Anzahl"), ("Einzelpreis", "Preis", "E-Preis"), ("Betrag", "Gesamtpreis", "Gesamt"),
    ("Zwischensumme", "Nettobetrag", "Summe netto"), ("Gesamtbetrag", "Rechnungsbetrag", "Endbetrag", "Zu zahlen"),
    "Übertrag",
)  # fmt: skip
_FRANCE = Words(
    ("FACTURE", "Facture"), "AVOIR", ("Facture n°", "Numéro de facture", "N° de facture"),
    ("Date de facture", "Date d'émission", "Date"), ("Date d'échéance", "Échéance", "À payer avant"), "Commande n°",
    "N° client", "Facturé à", ("Désignation", "Description", "Libellé"), ("Quantité", "Qté"),
    ("Prix unitaire", "P.U. HT", "Prix unitaire HT"), ("Montant HT", "Total HT", "Montant"), ("Total HT", "Sous-total"),
    ("Total TTC", "Net à payer", "Montant TTC"), "À reporter",
)  # fmt: skip
_SPAIN = Words(
    ("FACTURA", "Factura"), "ABONO", ("Factura nº", "Número de factura", "Nº de factura"),
    ("Fecha de factura", "Fecha", "Fecha de emisión"), ("Fecha de vencimiento", "Vencimiento"), "Pedido nº",
    "Nº cliente", "Cliente", ("Descripción", "Concepto"), ("Cantidad", "Cant."), ("Precio", "Precio unitario"),
    ("Importe", "Total"), ("Base imponible", "Subtotal"), ("Total", "Total factura", "Total a pagar"), "Suma y sigue",
)  # fmt: skip
_ITALY = Words(
    ("FATTURA", "Fattura"), "NOTA DI CREDITO", ("Fattura n.", "Numero fattura", "Fattura nr."),
    ("Data fattura", "Data", "Data emissione"), ("Scadenza", "Data scadenza"), "Ordine n.", "Codice cliente", "Cliente",
    ("Descrizione",), ("Quantità", "Q.tà"), ("Prezzo unitario", "Prezzo"), ("Importo", "Totale"),
    ("Imponibile", "Totale imponibile"), ("Totale fattura", "Totale documento", "Totale da pagare"), "A riportare",
)  # fmt: skip
_HOLLAND = Words(
    ("FACTUUR", "Factuur"), "CREDITNOTA", ("Factuurnummer", "Factuur nr."), ("Factuurdatum", "Datum"),
    ("Vervaldatum", "Te betalen voor"), "Ordernummer", "Klantnummer", "Aan", ("Omschrijving",), ("Aantal",),
    ("Prijs", "Stukprijs"), ("Bedrag", "Totaal"), ("Subtotaal", "Totaal excl. btw"),
    ("Totaal", "Te betalen", "Totaal incl. btw"), "Transport",
)  # fmt: skip

US = Market(_ENGLISH, LETTER, "USD", lambda c: f"${money(c)}", money, ("%m/%d/%Y", "%B %d, %Y", "%b %d, %Y"),
            (("Sales tax", 7),), ("Inc.", "LLC"), people.us_address, lambda r: people.us_phone(r))  # fmt: skip
GB = Market(_ENGLISH, A4, "GBP", lambda c: f"£{money(c)}", money, ("%d/%m/%Y", "%d %B %Y", "%d-%b-%Y"),
            (("VAT", 20),), ("Ltd", "LLP"), people.uk_address,
            lambda r: f"VAT Reg No GB{people.digits(r, 9)}")  # fmt: skip
AU = Market(_ENGLISH, A4, "AUD", lambda c: f"${money(c)}", money, ("%d/%m/%Y", "%d %b %Y"), (("GST", 10),),
            ("Pty Ltd",),
            _town(_AUSTRALIAN, code=lambda r: f"@ NSW 2{people.digits(r, 3)}"),
            lambda r: f"ABN {people.digits(r, 11)}")  # fmt: skip
IN = Market(_INDIA, A4, "INR", lambda c: f"Rs. {_lakhs(c)}", _lakhs, ("%d-%b-%Y", "%d/%m/%Y"),
            (("CGST", 9), ("SGST", 9)),
            ("Pvt. Ltd.", "Enterprises"), _town(_INDIAN, code=lambda r: f"@ - 4{people.digits(r, 5)}"),
            lambda r: f"GSTIN: 27ABCDE{people.digits(r, 4)}F1Z5")  # fmt: skip
DE = Market(_GERMAN, A4, "EUR", lambda c: f"{continental(c)} €", continental, ("%d.%m.%Y",), (("MwSt.", 19),),
            ("GmbH", "OHG", "e.K."), people.german_address, lambda r: f"USt-IdNr. DE{people.digits(r, 9)}")  # fmt: skip
FR = Market(_FRANCE, A4, "EUR", lambda c: f"{_spaced(c)} €", _spaced, ("%d/%m/%Y", "%d.%m.%Y"), (("TVA", 20),),
            ("SARL", "SAS"), _town(_FRENCH, code=lambda r: f"{people.digits(r, 5)} @"),
            lambda r: f"SIRET {people.digits(r, 14)}")  # fmt: skip
ES = Market(_SPAIN, A4, "EUR", lambda c: f"{continental(c)} €", continental, ("%d/%m/%Y", "%d-%m-%Y"), (("IVA", 21),),
            ("S.L.", "S.A."), _town(_SPANISH, code=lambda r: f"{people.digits(r, 5)} @"),
            lambda r: f"CIF B{people.digits(r, 8)}")  # fmt: skip
IT = Market(_ITALY, A4, "EUR", lambda c: f"€ {continental(c)}", continental, ("%d/%m/%Y",), (("IVA", 22),),
            ("S.r.l.", "S.p.A."), _town(_ITALIAN, code=lambda r: f"{people.digits(r, 5)} @"),
            lambda r: f"P. IVA {people.digits(r, 11)}")  # fmt: skip
NL = Market(_HOLLAND, A4, "EUR", lambda c: f"€ {continental(c)}", continental, ("%d-%m-%Y",), (("BTW", 21),), ("B.V.",),
            _town(_DUTCH, code=lambda r: f"{people.digits(r, 4)} {r.choice('ABCDE')}{r.choice('KLMNP')} @"),
            lambda r: f"KvK {people.digits(r, 8)}")  # fmt: skip
