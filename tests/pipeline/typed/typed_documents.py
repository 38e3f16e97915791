"""Documents typed for the tests of the classifier: other issuers, languages and layouts than those that are drawn.

Made up after what such documents look like, not after what the classifier looks for.
"""

from __future__ import annotations

from tests.pipeline.typed.typed_ids import IDS
from tests.pipeline.typed.typed_invoices import INVOICES
from tests.pipeline.typed.typed_others import OTHERS
from tests.pipeline.typed.typed_pages import TypedDocuments
from tests.pipeline.typed.typed_pay_and_tax_forms import PAY_AND_TAX_FORMS
from tests.pipeline.typed.typed_receipts import RECEIPTS
from tests.pipeline.typed.typed_statements import STATEMENTS
from tests.pipeline.typed.typed_utility_bills import UTILITY_BILLS

DOCUMENTS: TypedDocuments = {
    **INVOICES,
    **RECEIPTS,
    **STATEMENTS,
    **UTILITY_BILLS,
    **PAY_AND_TAX_FORMS,
    **IDS,
    **OTHERS,
}
