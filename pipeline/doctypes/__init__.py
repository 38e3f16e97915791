"""The document types, one file each. Adding a built-in type is adding a file here and naming it below; a company's own
types are files of a folder (`catalogue`).
"""

from pipeline.doctypes.bank_statement import BANK_STATEMENT
from pipeline.doctypes.catalogue import Catalogue
from pipeline.doctypes.definition import NOT_TICKED, TICKED, DocType, FieldKind, FieldSpec
from pipeline.doctypes.form_1099 import FORM_1099
from pipeline.doctypes.government_id import GOVERNMENT_ID
from pipeline.doctypes.invoice import INVOICE
from pipeline.doctypes.other import OTHER
from pipeline.doctypes.pay_stub import PAY_STUB
from pipeline.doctypes.receipt import RECEIPT
from pipeline.doctypes.utility_bill import UTILITY_BILL
from pipeline.doctypes.w2 import W2
from pipeline.doctypes.w9 import W9

DOC_TYPES = Catalogue(
    (W9, BANK_STATEMENT, GOVERNMENT_ID, INVOICE, RECEIPT, W2, FORM_1099, PAY_STUB, UTILITY_BILL, OTHER)
)
"""Every type that is known to this process."""

__all__ = ["DOC_TYPES", "NOT_TICKED", "TICKED", "DocType", "FieldKind", "FieldSpec"]
