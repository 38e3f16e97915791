"""Bank account statements: header fields, and the transactions over all pages."""

from pipeline.doctypes.cue_phrases import BANK_STATEMENT_CUES
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec, OrderRule, phrases

BANK_STATEMENT = DocType(
    name="bank_statement",
    label="Bank statement",
    threshold=0.70,
    cues=BANK_STATEMENT_CUES,
    fields=(
        FieldSpec(name="bank_name", label="Bank", group="Account", kind=FieldKind.NAME, required=True),
        FieldSpec(
            name="account_holder",
            label="Account holder",
            group="Account",
            kind=FieldKind.NAME,
            required=True,
            personal=True,
            anchors=phrases(
                """
                account holder, account name, member, kontoinhaber, customer name, account owner, name,
                primary owner, titulaire
                """
            ),
        ),
        FieldSpec(
            name="account_number",
            label="Account number",
            group="Account",
            kind=FieldKind.IDENTIFIER,
            required=True,
            sensitive=True,
            check="iban",
            anchors=phrases(
                """
                account number, account no, account #, acct no, acct number, iban, kontonummer, account,
                primary account number
                """
            ),
        ),
        FieldSpec(name="statement_start_date", label="From", group="Period", kind=FieldKind.DATE, required=True),
        FieldSpec(name="statement_end_date", label="To", group="Period", kind=FieldKind.DATE, required=True),
        FieldSpec(
            name="opening_balance",
            label="Opening balance",
            group="Summary",
            kind=FieldKind.MONEY,
            required=True,
            anchors=phrases(
                """
                opening balance, beginning balance, previous balance, starting balance, balance brought forward,
                alter kontostand, your previous balance, anfangssaldo, balance forward, solde initial,
                balance at start
                """
            ),
        ),
        FieldSpec(
            name="closing_balance",
            label="Closing balance",
            group="Summary",
            kind=FieldKind.MONEY,
            required=True,
            anchors=phrases(
                """
                closing balance, ending balance, new balance, neuer kontostand, balance carried forward, endsaldo,
                your new balance, final balance, solde final, balance at end
                """
            ),
        ),
        FieldSpec(
            name="total_deposits",
            label="Total deposits",
            group="Summary",
            kind=FieldKind.MONEY,
            anchors=phrases(
                """
                deposits and other additions, total deposits, total credits, total paid in, summe gutschriften,
                total deposits and additions, deposits and credits, money in, total money in, paid in,
                deposits credits and interest, total deposits and credits, total deposits and other credits,
                deposits and additions, total additions, gutschriften, deposits and other credits
                """
            ),
        ),
        FieldSpec(
            name="total_withdrawals",
            label="Total withdrawals",
            group="Summary",
            kind=FieldKind.MONEY,
            anchors=phrases(
                """
                withdrawals and other subtractions, total withdrawals, total debits, total paid out,
                summe belastungen, withdrawals and debits, money out, total money out, paid out,
                total withdrawals and debits, checks and withdrawals, total withdrawals and other debits,
                withdrawals and subtractions, total subtractions, belastungen, withdrawals and other debits,
                total payments
                """
            ),
        ),
        FieldSpec(name="currency", label="Currency", group="Summary", kind=FieldKind.CURRENCY),
        FieldSpec(
            name="transactions",
            label="Transactions",
            group="Transactions",
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
    orders=(
        OrderRule(
            early="statement_start_date",
            late="statement_end_date",
            sentence="The statement ends before it begins.",
            code="start_after_end",
        ),
    ),
)
