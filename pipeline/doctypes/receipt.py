"""Till receipts, card slips, restaurant and petrol bills."""

from pipeline.doctypes.cue_phrases import RECEIPT_CUES
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec, SumRule, phrases

RECEIPT = DocType(
    name="receipt",
    label="Receipt",
    threshold=0.80,
    cues=RECEIPT_CUES,
    fields=(
        FieldSpec(
            name="vendor_name",
            label="Vendor",
            group="Purchase",
            kind=FieldKind.NAME,
            required=True,
            example="Hollow Oak Grocery",
            anchors=phrases(
                """merchant, merchant name, store, sold by, welcome to, thank you for shopping at, operated by,
                managed by, trading as"""
            ),
            leanings={
                "nothing known": -0.5,
                "one of the first lines": 3.5,
                "top of the first page": 0.8,
                "high letters": 0.8,
                "legal form": 2.8,
                "trade": 1.2,
                "first line": 0.7,
                "other label above": -1.0,
                "label beside": -2.5,
                "label above": -3.0,
            },
        ),
        FieldSpec(
            name="date",
            label="Date",
            group="Purchase",
            kind=FieldKind.DATE,
            required=True,
            example="2024-05-17",
            anchors=phrases(
                """date, date time, invoice date, receipt date, bill date, trans date, transaction date, printed on,
                sale date, date of sale, business date, dt, datum, fecha, data, date heure"""
            ),
            leanings={"first one": 1.5, "nothing known": 3.0, "repeated": 0.7, "down the document": -0.5},
        ),
        FieldSpec(
            name="total",
            label="Total",
            group="Amounts",
            kind=FieldKind.MONEY,
            required=True,
            example="42.5",
            anchors=phrases(
                """grand total, amount to be paid, to be paid, total due, amount due, net total, total amount, total,
                balance due, total payable, amount payable, nett total, net amt, net amount, total sales inclusive of
                gst, total sales inclusive gst, total sales incl gst, total incl gst, total inclusive of gst, total
                inclusive gst, total incl of gst, total including gst, total with gst, total amt incl gst, total
                amount incl gst, total after rounding, total after adj, rounded total, total rounded, total rm, total
                myr, total usd, total sales, total sale, sale total, total amt, total inc gst, total inc vat, total
                incl vat, amount, balance, amt due, to pay, total to pay, bill total, check total, total amt payable,
                total bill, total amt rounded, total incl gst rm, summe, gesamt, gesamtbetrag, zu zahlen, betrag,
                total ttc, montant, net à payer, total a pagar, importe, totale, totale complessivo, totale euro,
                totaal, te betalen, purchase, sale, fare, total fare, rounded total rm, total gst incl, total gst
                included, total gst inclusive, total with tax, total vat incl, total tax incl, total incl tax, total
                including tax, total inclusive of tax, total sst incl, total incl sst, total inkl mwst, total amount
                incl tax, total btw incl, totale iva inclusa, total iva incl"""
            ),
            leanings={
                "largest": 0.4,
                "high letters": 0.8,
                "down the document": 1.0,
                "repeated": 0.8,
                "zero": -1.5,
                "currency sign": 0.3,
                "nothing known": 0.3,
            },
        ),
        FieldSpec(
            name="tax",
            label="Tax",
            group="Amounts",
            kind=FieldKind.MONEY,
            example="2.4",
            anchors=phrases(
                """tax, sales tax, total tax, gst, total gst, gst amount, gst 6, vat, vat amount, total vat, tax
                amount, hst, pst, state tax, sst, service tax, mwst, ust, tva, iva, btw, gst payable"""
            ),
            leanings={"nothing known": -0.5},
        ),
        FieldSpec(name="currency", label="Currency", group="Amounts", kind=FieldKind.CURRENCY, example="USD"),
        FieldSpec(
            name="address",
            label="Address",
            kind=FieldKind.ADDRESS,
            example="12 Mill Lane, Ashford",
        ),
    ),
    helpers=(
        FieldSpec(
            name="subtotal",
            label="Subtotal",
            kind=FieldKind.MONEY,
            anchors=phrases(
                """subtotal, sub total, total excl gst, total excluding gst, total exclusive of gst, total sales
                excluding gst, total sales exclusive gst, total before tax, total ex gst, taxable amount, net sales,
                goods value, zwischensumme, sous total, netto, total before gst, amount before gst, amount excl gst,
                total sales excl gst"""
            ),
        ),
        FieldSpec(
            name="cash",
            label="Given",
            kind=FieldKind.MONEY,
            anchors=phrases(
                """cash, cash tendered, amount tendered, tendered, tender, cash received, paid, payment, received,
                amount paid, paid amount, cash rm, bar, gegeben, espèces, efectivo, contanti, contant, total paid"""
            ),
        ),
        FieldSpec(
            name="change",
            label="Change",
            kind=FieldKind.MONEY,
            anchors=phrases(
                """change, change due, cash change, balance returned, rückgeld, zurück, rendu, cambio, resto,
                wisselgeld, change rm, total change"""
            ),
        ),
        FieldSpec(
            name="rounding",
            label="Rounding",
            kind=FieldKind.MONEY,
            anchors=phrases(
                """rounding, rounding adj, rounding adjustment, round adj, rnd adj, round off, rounding amt, bill
                rounding, rounding amount"""
            ),
        ),
        FieldSpec(
            name="discount",
            label="Discount",
            kind=FieldKind.MONEY,
            anchors=phrases(
                """discount, total discount, disc, savings, total savings, you saved, item discount, bill discount,
                rabatt, remise, descuento, sconto"""
            ),
        ),
        FieldSpec(
            name="tip",
            label="Tip",
            kind=FieldKind.MONEY,
            anchors=phrases("""tip, gratuity, service charge, svc charge, trinkgeld, pourboire, propina, mancia"""),
        ),
    ),
    other_labels=phrases(
        """tax invoice, simplified tax invoice, receipt, official receipt, cash sale, cash sales, cash bill, cash
        receipt, invoice, duplicate, copy, original, reprint, customer copy, merchant copy, guest check, your order
        number is, thank you, welcome, take away, dine in, sales receipt, total items, total item, total qty, total
        quantity, item count, no of items, qty, points, points earned, card no, account no, approval code, auth code,
        invoice no, receipt no, bill no, table no, order no, cashier, terminal, gst id, gst no, gst reg no, gst
        registration no, tax id, company no, co reg no, reg no, tel, fax, phone, price, unit price, description,
        member, expiry date, valid until, exp date, printed, gst summary, tax code, date of birth, total cash sales,
        deposit, previous balance, loyalty, vat no, vat reg no"""
    ),
    tail_labels=phrases(
        """gst summary, tax summary, vat summary, gst analysis, tax analysis, vat analysis, vat breakdown, tax
        breakdown, gst details, summary of gst, mwst aufstellung"""
    ),
    sums=(
        SumRule(total="cash", plus=("total", "change"), needed=("total", "change")),
        SumRule(
            total="total", plus=("subtotal", "tax", "tip", "rounding"), minus=("discount",), needed=("subtotal", "tax")
        ),
    ),
)
