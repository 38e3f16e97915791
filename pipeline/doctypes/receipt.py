"""Till receipts: classified only."""

from pipeline.doctypes.definition import DocType

RECEIPT = DocType(name="receipt", label="Receipt")
