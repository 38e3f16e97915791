"""Invoices: classified only."""

from pipeline.doctypes.definition import DocType

INVOICE = DocType(name="invoice", label="Invoice")
