"""Invoices, typed for the tests: of eight countries, with and without a title."""

from __future__ import annotations

from tests.pipeline.typed.typed_pages import TypedDocuments

INVOICES: TypedDocuments = {
    "a German invoice": ("invoice", """
Müller Haustechnik GmbH · Lindenweg 4 · 70182 Stuttgart

Frau                                             Rechnung Nr. 2023-0417
Anna Becker                                      Datum: 14.03.2023
Gartenstr. 9                                     Kunden-Nr.: 10233
70199 Stuttgart                                  Lieferdatum: 10.03.2023

Sehr geehrte Frau Becker,
für unsere Leistungen stellen wir Ihnen in Rechnung:

Pos  Bezeichnung                    Menge   Einzelpreis      Gesamt
1    Heizkörperventil tauschen          2         85,00      170,00
2    Anfahrt                            1         39,00       39,00
                                    Summe netto              209,00
                                    19 % MwSt.                39,71
                                    Rechnungsbetrag          248,71

Zahlbar innerhalb von 14 Tagen ohne Abzug.
IBAN DE02 1203 0000 0000 2020 51   USt-IdNr. DE123456789
""", 90, 60),
    "a French invoice": ("invoice", """
ATELIER DUPONT SARL
12 rue des Lilas, 69003 Lyon
SIRET 552 100 554 00013

FACTURE N° F2022-118                     Date : 03/05/2022
Client : Société Martin                  Échéance : 02/06/2022

Désignation              Qté     Prix unitaire HT     Total HT
Réparation machine         1             450,00 €     450,00 €
Pièces détachées           3              32,50 €      97,50 €

                                Total HT              547,50 €
                                TVA 20 %              109,50 €
                                Total TTC             657,00 €
Règlement par virement à réception.
""", 90, 60),
    "an Italian invoice": ("invoice", """
Officine Rossi S.r.l.  Via Roma 10  20121 Milano
P.IVA 01234567890
Fattura n. 88 del 12/09/2021
Spett.le Bianchi Costruzioni S.p.A.
Descrizione                  Quantità   Prezzo    Importo
Manutenzione impianto               1   320,00     320,00
Imponibile                                         320,00
IVA 22%                                             70,40
Totale fattura                                     390,40
Pagamento: bonifico bancario 30 giorni
""", 90, 60),
    "a Spanish invoice": ("invoice", """
Suministros Gómez S.L.       CIF B12345678
C/ Mayor 5, 28013 Madrid
FACTURA                      Nº 2020/045
Fecha: 07/02/2020
Cliente: Talleres Ruiz
Cantidad  Descripción              Precio    Importe
10        Tornillos M8               0,35       3,50
2         Taladro percutor          89,90     179,80
                      Base imponible          183,30
                      IVA 21%                  38,49
                      TOTAL                   221,79
Forma de pago: transferencia a 30 días
""", 90, 60),
    "a Dutch invoice": ("invoice", """
De Vries Tuinen B.V.   Kerkstraat 8  3511 LX Utrecht
KvK 12345678   BTW NL001234567B01
Factuur
Factuurnummer: 2021-311
Factuurdatum: 4 juni 2021
Omschrijving            Aantal     Prijs    Bedrag
Onderhoud tuin               4     45,00    180,00
Subtotaal                                   180,00
BTW 21%                                      37,80
Totaal te voldoen                           217,80
Gelieve binnen 14 dagen te betalen.
""", 90, 60),
    "a Portuguese invoice": ("invoice", """
Carpintaria Silva, Lda.   NIF 501234567
Fatura FT 2022/15         Data: 2022-10-03
Cliente: João Pereira
Descrição          Qtd    Preço unit.    Total
Mesa de carvalho     1         420,00   420,00
Total ilíquido                          420,00
IVA 23%                                  96,60
Total a pagar                           516,60
""", 90, 60),
    "an English invoice without a title": ("invoice", """
Northwind Design Studio
14 Canal Street, Leeds

Bill To:                               Inv No: 5521
Brightside Ltd                         Date: 12 March 2021
2 Mill Lane, York                      Terms: Net 30

Item                         Qty     Rate       Amount
Logo design                    1    600.00      600.00
Business cards               500      0.12       60.00

                          Subtotal              660.00
                          VAT 20%               132.00
                          Balance Due        GBP 792.00
Please make payment to sort code 20-00-00 account 12345678
""", 90, 60),
    "an Australian tax invoice": ("invoice", """
TAX INVOICE
Outback Plumbing Pty Ltd   ABN 51 824 753 556
Invoice To: Harbour Cafe                    Invoice #: 1093
                                            Due: 30/06/2022
Description                    Hours    Rate     Amount
Unblock kitchen drain            2.5   95.00     237.50
Call-out fee                                      60.00
Subtotal                                         297.50
GST 10%                                           29.75
Total AUD                                        327.25
""", 90, 60),
}  # fmt: skip
