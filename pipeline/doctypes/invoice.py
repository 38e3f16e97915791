"""Invoices and credit notes, in the languages of Europe and the English-speaking world."""

from pipeline.doctypes.cue_phrases import INVOICE_CUES
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec, OrderRule, SumRule, phrases

INVOICE = DocType(
    name="invoice",
    label="Invoice",
    threshold=0.80,
    cues=INVOICE_CUES,
    fields=(
        FieldSpec(
            name="vendor_name",
            label="Vendor",
            group="Vendor and invoice",
            kind=FieldKind.NAME,
            required=True,
            example="Lakeside Joinery Ltd",
            anchors=phrases(
                """seller, sold by, vendor, vendor name, supplier, supplier name, from, billed by, invoice from,
                remit to, remit payment to, make checks payable to, make cheques payable to, please make payment to,
                account name, beneficiary, payee, for, verkäufer, lieferant, absender, rechnungssteller,
                kontoinhaber, vendeur, fournisseur, émetteur, titulaire, proveedor, emisor, vendedor, fornitore,
                leverancier, afzender"""
            ),
            leanings={
                "nothing known": -0.5,
                "one of the first lines": 2.0,
                "top of the first page": 1.5,
                "high letters": 1.5,
                "legal form": 2.0,
                "trade": 0.5,
                "capitals": 0.3,
                "repeated": 0.5,
                "address below": 1.5,
                "other label above": -2.0,
                "label beside": -2.5,
                "label above": -2.0,
            },
        ),
        FieldSpec(
            name="invoice_number",
            label="Invoice number",
            group="Vendor and invoice",
            kind=FieldKind.IDENTIFIER,
            required=True,
            example="INV-2024-0117",
            anchors=phrases(
                """invoice number, invoice no, invoice num, invoice nr, invoice id, invoice ref, invoice reference,
                tax invoice no, tax invoice number, inv no, inv number, inv, invoice, bill number, bill no, credit
                note number, credit note no, credit memo, document number, document no, doc no, number, reference
                number, reference, tax invoice, rechnungsnummer, handelsrechnung nr, schlussrechnung nr, teilrechnung
                nr, handelsrechnung, rechnungs nr, rechnung nr, rechnungsnr, rechnung, re nr, belegnummer, beleg nr,
                gutschrift nr, gutschriftnummer, rg nr, numéro de facture, facture n, facture no, facture numéro, n
                de facture, n facture, facture, número de factura, factura n, factura no, n factura, nº factura, nº
                de factura, no de factura, n de factura, factura nº, factura no, n° de facture, no de facture,
                factura, numero fattura, fattura n, fattura nr, n fattura, fattura numero, fattura, factuurnummer,
                factuur nr, factuur, número da fatura, fatura n, fatura, fakturanummer, faktura nr"""
            ),
            leanings={"top of the first page": 0.5, "down the document": -1.0},
        ),
        FieldSpec(
            name="invoice_date",
            label="Invoice date",
            group="Vendor and invoice",
            kind=FieldKind.DATE,
            required=True,
            example="2024-05-17",
            anchors=phrases(
                """invoice date, date of invoice, invoice dated, date of issue, issue date, issued on, issued, bill
                date, billing date, dated, tax date, tax point, invoice date tax point, credit note date, document
                date, date, rechnungsdatum, datum, vom, ausstellungsdatum, belegdatum, date de facture, date de la
                facture, date facture, date d'émission, le, fecha de factura, fecha factura, fecha de emisión, fecha,
                data fattura, data emissione, data, factuurdatum, data da fatura, data de emissão, fakturadatum,
                fakturadato"""
            ),
            leanings={"first one": 1.0, "earliest": 0.5, "down the document": -1.5, "nothing known": 1.0},
        ),
        FieldSpec(
            name="due_date",
            label="Due date",
            group="Vendor and invoice",
            kind=FieldKind.DATE,
            past=False,
            example="2024-06-16",
            anchors=phrases(
                """due date, payable on or before, payable before, tagen netto bis, netto bis, payment due, payment
                due date, due on, due by, pay by, pay before, due, date due, please pay by, payable by, fällig am,
                fälligkeitsdatum, fälligkeit, zahlbar bis, zahlungsziel, date d'échéance, échéance, à payer avant,
                fecha de vencimiento, vencimiento, data scadenza, scadenza, vervaldatum, te betalen voor, data de
                vencimento, förfallodatum, forfaldsdato"""
            ),
            leanings={"latest": 0.3, "implausible": 1.5},
        ),
        FieldSpec(name="currency", label="Currency", group="Amounts", kind=FieldKind.CURRENCY, example="EUR"),
        FieldSpec(
            name="subtotal",
            label="Subtotal (net)",
            group="Amounts",
            kind=FieldKind.MONEY,
            example="1250.0",
            anchors=phrases(
                """subtotal, sub total, net amount, net total, total net, net, taxable amount, taxable value, amount
                before tax, total before tax, total excl vat, total excluding vat, total ex vat, total ex gst, total
                excl gst, total exclusive of gst, goods total, total taxable value, total without vat, items total,
                merchandise total, zwischensumme, rechnungssumme netto, rechnungssumme ohne ust, summe ohne ust,
                nettobetrag, summe netto, gesamt netto, netto, rechnungsbetrag netto, gesamtbetrag netto, warenwert,
                summe positionen, total ht, sous total, montant ht, base imponible, subtotal neto, imponibile, totale
                imponibile, subtotaal, totaal excl btw, bedrag excl btw, summa exkl moms, delsumma"""
            ),
        ),
        FieldSpec(
            name="tax",
            label="Tax",
            group="Amounts",
            kind=FieldKind.MONEY,
            example="250.0",
            anchors=phrases(
                """tax, sales tax, total tax, tax amount, tax total, vat, total vat, vat amount, vat total, gst,
                total gst, gst amount, hst, gst hst, igst, total tax amount, mwst, ust, umsatzsteuer, mehrwertsteuer,
                mwst betrag, steuerbetrag, zzgl mwst, zzgl ust, summe umsatzsteuer, steuer, umsatzsteuerbetrag, tva,
                total tva, montant tva, iva, total iva, cuota iva, importe iva, imposta, totale iva, btw, btw bedrag,
                totaal btw, moms"""
            ),
        ),
        FieldSpec(
            name="total",
            label="Total",
            group="Amounts",
            kind=FieldKind.MONEY,
            required=True,
            example="1500.0",
            anchors=phrases(
                """grand total, invoice total, total due, amount due, total amount due, balance due, total, total
                amount, total payable, amount payable, net payable, total to pay, please pay, total incl vat, total
                including vat, total inc vat, total inc gst, total incl gst, total including gst, total invoice
                value, total invoice amount, invoice amount, invoice value, gross total, gross amount, total gross,
                amount, total price, pay this amount, total in eur, total in usd, total in gbp, total eur, total usd,
                total gbp, total inr, gesamtbetrag, rechnungsbetrag, gesamtsumme, endbetrag, zahlbetrag, brutto,
                gesamt brutto, summe brutto, bruttobetrag, gesamt, summe, rechnungssumme, rechnungssumme brutto,
                bruttosumme, zu zahlen, zu zahlender betrag, total ttc, montant ttc, net à payer, montant total,
                total à payer, total factura, importe total, total a pagar, totale, totale fattura, totale documento,
                totale da pagare, importo totale, totaal, totaal te betalen, te betalen, totaal incl btw, total
                geral, valor total, att betala, summa, i alt"""
            ),
            leanings={
                "largest": 1.2,
                "said in words": 6.0,
                "high letters": 0.5,
                "down the document": 0.8,
                "repeated": 0.3,
                "currency sign": 0.4,
                "nothing known": -0.4,
            },
        ),
        FieldSpec(
            name="line_items",
            label="Items",
            group="Items",
            kind=FieldKind.TABLE,
            other_columns=phrases(
                """item code, item no, item number, product code, product id, product no, code, sku, part no, part
                number, part, stock code, article no, ref, reference, no, s no, sl no, sr no, line, pos, pos nr, art
                nr, artikel nr, artikelnummer, best nr, unsere art nr, ihre art nr, référence, réf, código, codice,
                artnr, unit, uom, um, u m, per, pack, size, einheit, mengen einheit, einh, me, unité, unidad,
                eenheid, hsn, sac, hsn sac, hsn code, date, tax, tax rate, tax amount, tax code, vat, vat rate, vat
                amount, gst, gst rate, gst amount, igst, cgst, sgst, ust, mwst, ust satz, mwst satz, steuersatz,
                steuer, tva, taux tva, iva, tipo iva, aliquota, btw, moms, disc, discount, rabatt, remise, descuento,
                sconto, korting"""
            ),
            columns=(
                FieldSpec(
                    name="description",
                    label="Description",
                    kind=FieldKind.TEXT,
                    anchors=phrases(
                        """description, item description, item, items, item desc, item name, item and description,
                        desc, product description, services description, product, product name, article, details,
                        activity, particulars, service, services, description of goods, goods, bezeichnung,
                        beschreibung, artikel, artikelbezeichnung, artikelbeschreibung, produkt, produktbeschreibung,
                        leistung, text, position, désignation, libellé, denominación, descripción del producto,
                        denominazione, descripción, concepto, descrizione, omschrijving, descrição"""
                    ),
                ),
                FieldSpec(
                    name="quantity",
                    label="Quantity",
                    kind=FieldKind.MONEY,
                    anchors=phrases(
                        """quantity, qty, units, qty hrs, hours qty, quantity units, hours, hrs, menge, anzahl,
                        stück, quantité, qté, cantidad, cant, quantità, qtà, aantal, mengeneinheit, unidades, uds,
                        nombre, quantidade, no of units"""
                    ),
                ),
                FieldSpec(
                    name="unit_price",
                    label="Unit price",
                    kind=FieldKind.MONEY,
                    anchors=phrases(
                        """unit price, price, rate, price each, unit price excl vat, unit cost, price per unit, unit,
                        cost, each, einzelpreis, preis, stückpreis, e preis, preis einheit, nettopreis, einzelpreis
                        netto, prix unitaire ht, prix unit ht, prix unitaire, pu, prix, precio, precio unitario,
                        prezzo, prezzo unitario, prijs, stukprijs, preço"""
                    ),
                ),
                FieldSpec(
                    name="amount",
                    label="Amount",
                    kind=FieldKind.MONEY,
                    required=True,
                    anchors=phrases(
                        """amount, total, line total, net amount, net, total price, extended price, ext price, value,
                        taxable value, line amount, sub total, net value, net total, total excl vat, betrag, entgelt,
                        nettowert, positionsbetrag, gesamt netto, gesamtpreis netto, warenwert, prix total,
                        gesamtpreis, gesamt, summe, g preis, gesamtbetrag, montant, montant ht, total ht, importe,
                        importo, totale, bedrag, totaal, valor, nettobetrag"""
                    ),
                ),
            ),
        ),
    ),
    helpers=(
        FieldSpec(
            name="central_tax",
            label="CGST",
            kind=FieldKind.MONEY,
            anchors=phrases("cgst, cgst amount, total cgst, central tax, output cgst, add cgst"),
        ),
        FieldSpec(
            name="state_tax",
            label="SGST",
            kind=FieldKind.MONEY,
            anchors=phrases("sgst, sgst amount, total sgst, state tax, utgst, output sgst, add sgst"),
        ),
        FieldSpec(
            name="shipping",
            label="Shipping",
            kind=FieldKind.MONEY,
            anchors=phrases(
                """shipping, freight, delivery, postage, shipping and handling, shipping handling, delivery charge,
                carriage, versand, versandkosten, frais de port, verzendkosten, gastos de envío, spese di spedizione"""
            ),
        ),
        FieldSpec(
            name="discount",
            label="Discount",
            kind=FieldKind.MONEY,
            anchors=phrases(
                """discount, total discount, less discount, rabatt, remise, descuento, sconto, korting, nachlass"""
            ),
        ),
        FieldSpec(
            name="paid",
            label="Paid already",
            kind=FieldKind.MONEY,
            anchors=phrases(
                """amount paid, paid, payments, less paid, deposit paid, payment received, total paid, anzahlung,
                bereits bezahlt, acompte, pagado, betaald, less deposit"""
            ),
        ),
    ),
    other_labels=phrases(
        """bill to, billed to, ship to, shipped to, sold to, deliver to, delivery address, invoice to, customer,
        client, customer name, buyer, attention, attn, to, consignee, invoice address, rechnung an, kunde,
        lieferanschrift, käufer, rechnungsempfänger, facturé à, adresse de livraison, cliente, facturar a,
        destinatario, klant, factuuradres, customer number, customer no, customer id, client number, client id,
        account number, account no, order number, order no, order date, purchase order, po number, po no, po date,
        your order, your reference, our reference, sales order, job number, job no, project, contract number,
        delivery date, delivery note, delivery note no, ship date, shipping date, service date, statement date, order
        ref, quote number, tracking number, page, phone, tel, telephone, fax, mobile, vat number, vat no, vat reg no,
        vat registration number, gstin, gst no, gst registration no, tax id, tax number, ein, abn, acn, company no,
        company number, company registration number, registration no, pan, pan no, cin, hsn, state code, iban, bic,
        swift, sort code, bank, bank account, ifsc, ifsc code, routing number, terms, payment terms, previous
        balance, balance forward, steuerbasisbetrag, basisbetrag, kundennummer, kunden nr, kd nr, bestellnummer,
        bestell nr, auftragsnummer, auftrags nr, lieferdatum, leistungsdatum, lieferscheinnummer, lieferschein nr,
        bestelldatum, steuernummer, ust id nr, ust idnr, ust id, handelsregister, hrb, telefon, telefax, seite, blz,
        konto, kontonummer, numéro client, n client, commande n, n commande, date de livraison, n tva, siret, siren,
        rcs, téléphone, cif, nif, número de cliente, pedido, n pedido, fecha de entrega, partita iva, p iva, codice
        fiscale, codice cliente, klantnummer, ordernummer, kvk, btw nummer, btw nr, leverdatum, total items, total
        quantity, total qty, total weight, discount date, vehicle no, chassis no, eway bill no, place of supply,
        cgst, sgst"""
    ),
    tail_labels=phrases(
        """hsn sac, tax summary, vat summary, vat analysis, tax analysis, amount chargeable in words, terms and
        conditions, conditions, bank details, payment details"""
    ),
    sums=(
        SumRule(total="tax", plus=("central_tax", "state_tax"), needed=("central_tax", "state_tax"), computed=True),
        SumRule(total="total", plus=("subtotal", "tax", "shipping"), minus=("discount",), needed=("subtotal", "tax")),
    ),
    orders=(OrderRule(early="invoice_date", late="due_date", sentence="The invoice is due before it was issued."),),
)
