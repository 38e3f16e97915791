"""Bank account statements: header fields, and the transactions over all pages."""

from pipeline.doctypes.cue_phrases import BANK_STATEMENT_CUES
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec

BANK_STATEMENT = DocType(
    name="bank_statement",
    label="Bank statement",
    threshold=0.70,
    cues=BANK_STATEMENT_CUES,
    fields=(
        FieldSpec(name="bank_name", label="Bank", kind=FieldKind.NAME, required=True),
        FieldSpec(name="account_holder", label="Account holder", kind=FieldKind.NAME, required=True),
        FieldSpec(
            name="account_number", label="Account number", kind=FieldKind.IDENTIFIER, required=True, sensitive=True
        ),
        FieldSpec(name="statement_start_date", label="From", kind=FieldKind.DATE, required=True),
        FieldSpec(name="statement_end_date", label="To", kind=FieldKind.DATE, required=True),
        FieldSpec(name="opening_balance", label="Opening balance", kind=FieldKind.MONEY, required=True),
        FieldSpec(name="closing_balance", label="Closing balance", kind=FieldKind.MONEY, required=True),
        FieldSpec(name="total_deposits", label="Total deposits", kind=FieldKind.MONEY),
        FieldSpec(name="total_withdrawals", label="Total withdrawals", kind=FieldKind.MONEY),
        FieldSpec(name="currency", label="Currency", kind=FieldKind.CURRENCY),
        FieldSpec(
            name="transactions",
            label="Transactions",
            kind=FieldKind.TABLE,
            required=True,
            columns=(
                FieldSpec(name="date", label="Date", kind=FieldKind.DATE, required=True),
                FieldSpec(name="description", label="Description", kind=FieldKind.TEXT),
                FieldSpec(name="amount", label="Amount (+ in, - out)", kind=FieldKind.MONEY, required=True),
                FieldSpec(name="balance", label="Balance", kind=FieldKind.MONEY),
            ),
        ),
    ),
)
