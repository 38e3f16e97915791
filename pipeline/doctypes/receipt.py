"""Till receipts: classified only."""

from pipeline.doctypes.definition import DocType

RECEIPT = DocType(
    name="receipt",
    label="Receipt",
    cues={
        "receipt": 3.0,
        "cash": 1.5,
        "change": 2.0,
        "cashier": 2.5,
        "thank you": 1.5,
        "please come again": 3.0,
        "visa": 1.0,
        "mastercard": 1.5,
        "rounding": 3.0,
        "goods sold": 3.0,
        "gst": 1.5,
        "tax invoice": 2.0,
        "simplified tax invoice": 3.0,
        "subtotal": 0.8,
        "tel": 0.7,
        "approved": 1.0,
        "auth": 0.5,
        "tip": 1.5,
        "guest": 1.0,
        "receipt no": 2.0,
        "sdn bhd": 2.0,
        "rm": 0.5,
        "item": 0.5,
        "tender": 2.0,
        "credit card": 1.0,
        "reg": 0.5,
        "amount tendered": 2.0,
        "total sales": 1.5,
        "debit tend": 2.0,
    },
)
