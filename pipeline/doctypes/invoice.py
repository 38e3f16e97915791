"""Invoices: classified only."""

from pipeline.doctypes.definition import DocType

INVOICE = DocType(
    name="invoice",
    label="Invoice",
    cues={
        "invoice": 4.0,
        "rechnung": 4.0,
        "facture": 4.0,
        "fattura": 4.0,
        "factura": 4.0,
        "invoice number": 2.0,
        "invoice no": 2.0,
        "invoice date": 2.5,
        "bill to": 3.0,
        "billed to": 3.0,
        "ship to": 2.0,
        "payment terms": 2.0,
        "due date": 1.5,
        "unit price": 2.0,
        "purchase order": 1.5,
        "subtotal": 1.0,
        "amount due": 1.5,
        "vat": 1.0,
        "quantity": 1.0,
        "rechnungsnummer": 3.0,
        "rechnungsdatum": 2.0,
        "lieferdatum": 2.0,
        "mwst": 1.0,
        "ust-id": 2.0,
        "remit": 1.5,
        "po number": 2.0,
        "net amount": 1.0,
    },
)
