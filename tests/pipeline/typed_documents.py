"""Documents typed for the tests of the classifier: other issuers, languages and layouts than those that are drawn.

Made up after what such documents look like, not after what the classifier looks for. Two spaces or more are a gap
between columns.
"""

from __future__ import annotations

from pipeline.types import Box, Page, PageSource, Word


def typed(text: str, across: int = 90, down: int = 60, source: PageSource = PageSource.OCR) -> Page:
    """A page as if typed: so many letters across and lines down; the longest line may make it wider."""
    rows = text.strip("\n").splitlines()
    across = max(across, *(len(row) + 2 for row in rows))
    down = max(down, len(rows) + 2)
    words = []
    for number, row in enumerate(rows):
        at = 0
        for word in row.split():
            at = row.index(word, at)
            box = Box(1, (at + 1) / across, (number + 1) / down, (at + 1 + len(word)) / across, (number + 1.8) / down)
            words.append(Word(word, box, 0.95, number))
            at += len(word)
    return Page(1, across * 6.8, down * 13.2, source, "", tuple(words))


DOCUMENTS: dict[str, tuple[str, str, int, int]] = {
    # name: (type, text, letters across, lines down)
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
    "a receipt titled tax invoice": ("receipt", """
KEDAI BUKU MAJU SDN BHD
(Co No 123456-A)
12 Jalan Besar, 43000 Kajang
GST ID: 000123456789
TAX INVOICE
Bill No: C0012345
Date: 12/03/2018 14:22
Cashier: AMIN
Exercise Book A4
2 x 3.50            7.00 SR
Pen Blue            1.20 SR
Total Incl GST      8.20
Rounding Adj        0.00
Cash               10.00
Change              1.80
GST Summary  Amount  Tax
SR 6%          7.74  0.46
THANK YOU
""", 34, 40),
    "a German till receipt": ("receipt", """
REWE MARKT
Hauptstr. 10
50667 Köln
UID Nr. DE812706034
                EUR
BIO MILCH      1,29 B
BROT           2,49 B
BANANEN        1,85 B
SUMME   EUR    5,63
Geg. BAR      10,00
Rückgeld       4,37
Steuer % Netto Steuer
B= 7,0%  5,26  0,37
12.05.2022 17:45
Bon-Nr.: 4711 Kasse: 3
Vielen Dank für Ihren Einkauf
""", 30, 40),
    "a French till receipt": ("receipt", """
BOULANGERIE DU PORT
3 quai de la Marine
13002 MARSEILLE
Tel 04 91 00 00 00
1 BAGUETTE         1,10
2 CROISSANT        2,40
TOTAL              3,50
CB                 3,50
TVA 5,5%           0,18
le 02/04/2023 08:12
Merci de votre visite
A bientot
""", 28, 36),
    "an Italian till receipt": ("receipt", """
BAR CENTRALE
Piazza Dante 2 - Trento
P.IVA 00987654321
DOCUMENTO COMMERCIALE
di vendita o prestazione
CAFFE           1,20
BRIOCHE         1,50
TOTALE COMPLESSIVO 2,70
di cui IVA      0,25
Pagamento contante 5,00
Resto           2,30
14-01-2023 08:33
""", 28, 36),
    "a Spanish till receipt": ("receipt", """
SUPERMERCADO LA PLAZA
NIF A12345678
C/ Sol 14 SEVILLA
FACTURA SIMPLIFICADA
23/11/2021 19:05
LECHE ENTERA      0,89
PAN INTEGRAL      1,35
ACEITE OLIVA      6,95
TOTAL A PAGAR     9,19
EFECTIVO         10,00
CAMBIO            0,81
GRACIAS POR SU COMPRA
""", 30, 36),
    "a Dutch till receipt": ("receipt", """
ALBERT BAKKER
Dorpsstraat 1 Zeist
AANTAL OMSCHRIJVING PRIJS
1 HALFVOLLE MELK   1,05
1 KAAS JONG        4,99
TOTAAL             6,04
PINNEN             6,04
BTW 9%             0,50
11-02-2023  12:10
Bedankt en tot ziens
""", 28, 36),
    "an Indonesian restaurant bill": ("receipt", """
WARUNG BU TINI
JL. MAWAR 5 BANDUNG
1 NASI GORENG     25.000
2 ES TEH          10.000
SUBTOTAL          35.000
PB1 10%            3.500
TOTAL             38.500
TUNAI             50.000
KEMBALI           11.500
TERIMA KASIH
""", 28, 36),
    "a US restaurant receipt": ("receipt", """
The Blue Door Grill
410 Main St Boise ID
Server: Kelly      Table 12
Check #2231   Guests 2
06/18/22 7:42 PM
Burger              14.00
Caesar Salad        11.50
Iced Tea             3.25
Subtotal            28.75
Tax                  1.73
Total               30.48
Tip ________
Total ________
Thank You!
""", 34, 40),
    "a faded receipt of which little is left": ("receipt", """
1Z.50
3.20
8.99
TOTL   24.69
CSH    30.00
CHNG    5.31
05/11/17 14:22
""", 26, 40),
    "a petrol receipt": ("receipt", """
SHELL STATION 4471
Dallas TX
PUMP# 06
REGULAR UNLEADED
GALLONS     11.204
PRICE/GAL   $3.199
FUEL TOTAL  $35.84
VISA XXXX1234
AUTH 00231A
08/02/2021 06:14AM
""", 28, 36),
    "a US bank statement": ("bank_statement", """
First Prairie Bank                              Page 1 of 3
P.O. Box 100, Omaha NE
JANE DOE                       Statement Period: 01/01/22 - 01/31/22
12 Elm St                      Account Number: 000123456789

Checking Summary
Beginning Balance                               $1,204.11
Deposits and Additions                           2,500.00
Electronic Withdrawals                          -1,310.45
Ending Balance                                  $2,393.66

01/03   Direct Deposit ACME PAYROLL              1,250.00    2,454.11
01/05   Card Purchase Grocery Store                -54.20    2,399.91
01/17   Direct Deposit ACME PAYROLL              1,250.00    3,649.91
01/20   Mortgage Payment                        -1,256.25    2,393.66
""", 90, 60),
    "a French bank statement": ("bank_statement", """
BANQUE DU RHÔNE
RELEVÉ DE COMPTE CHÈQUES
M. PAUL DURAND                     du 01/03/2022 au 31/03/2022
IBAN FR76 3000 4000 0100 0012 3456 789
Date     Libellé                        Débit      Crédit
SOLDE PRÉCÉDENT AU 28/02/2022                      812,45
02/03    PRLV EDF                       64,20
05/03    VIR SALAIRE MARS                         1 850,00
11/03    CARTE CARREFOUR                45,10
SOLDE AU 31/03/2022                               2 553,15
""", 90, 60),
    "a Spanish bank statement": ("bank_statement", """
CAJA DEL SUR
Extracto de cuenta corriente
Titular: María López               Periodo: 01/05/2021 - 31/05/2021
IBAN ES91 2100 0418 4502 0005 1332
Fecha    Concepto                  Importe      Saldo
01/05    Saldo anterior                         530,00
03/05    Nómina                   1.420,00    1.950,00
09/05    Recibo luz                 -61,30    1.888,70
""", 90, 60),
    "an Indian bank statement": ("bank_statement", """
STATE COOPERATIVE BANK              Branch: Pune Camp
Account Statement from 1 Apr 2022 to 30 Apr 2022
Name: Rajesh Kumar     A/c No: 00112233445   IFSC: SCBL0000123
Txn Date   Value Date  Description           Ref No   Debit     Credit     Balance
01 Apr 22  01 Apr 22   BY TRANSFER NEFT      9912               45,000.00  52,310.00
04 Apr 22  04 Apr 22   ATM WDL               4432     5,000.00             47,310.00
09 Apr 22  09 Apr 22   UPI GROCERY RECEIPT   7781     1,250.00             46,060.00
""", 90, 60),
    "a bank statement whose rows name receipts and invoices": ("bank_statement", """
Tyne Valley Bank plc      Sort code 20-11-22   Account 44556677
Your current account statement
15 June to 14 July 2021                        Page 2
Date     Details                     Money out   Money in   Balance
         Balance brought forward                            2,310.50
16 Jun   Invoice 5531 paid              120.00              2,190.50
18 Jun   Cash receipt till 4                        350.00  2,540.50
22 Jun   Receipt refund visa                         19.99  2,560.49
29 Jun   British Gas electricity         80.00              2,480.49
         Balance carried forward                            2,480.49
""", 90, 60),
    "a Dutch bank statement": ("bank_statement", """
Rijnbank                     Rekeningafschrift
Rekening NL91 ABNA 0417 1643 00      Volgnummer 4
Beginsaldo 01-04-2022                           310,22
02-04  Albert Heijn            Af                24,10
05-04  Salaris werkgever       Bij            2.100,00
Eindsaldo 30-04-2022                          2.386,12
""", 90, 60),
    "an electricity bill that says invoice": ("utility_bill", """
BRIGHT ENERGY                         Tax Invoice
Customer: Ann Lee                     Invoice number: 883120
Supply address: 4 Hill Rd Perth       Invoice date: 3 May 2022
                                      Due date: 24 May 2022
Your electricity account
Amount due                                      $214.80
Meter number 55012   Previous read 10,220   Current read 10,905
Usage 685 kWh at 28.8c                          $197.28
Daily supply charge 30 days                      $17.52
""", 90, 60),
    "a German electricity bill": ("utility_bill", """
Stadtwerke Neustadt GmbH
Ihre Stromrechnung 2021                   Rechnungsnummer 700123
Kundennummer 4455    Verbrauchsstelle: Am Markt 3
Zähler 8812   Zählerstand alt 12.340   Zählerstand neu 14.120
Verbrauch 1.780 kWh
Arbeitspreis 28,5 ct/kWh                        507,30 €
Grundpreis                                       95,00 €
Rechnungsbetrag                                 602,30 €
Geleistete Abschläge                           -580,00 €
""", 90, 60),
    "a US water bill": ("utility_bill", """
CITY OF LAKEWOOD WATER & SEWER
Account 0045-221                      Due 08/15/2021
Service Address 77 Shore Dr
Meter      Previous    Present    Usage (1000 gal)
66123           812        819          7
Water                                    $31.50
Sewer                                    $28.00
Trash                                    $14.25
Total Due                                $73.75
""", 90, 60),
    "a French electricity bill": ("utility_bill", """
ÉNERGIE BLEUE
Votre facture d'électricité du 12/01/2022
Point de livraison 09112233445566
Abonnement                                  24,60 €
Consommation heures pleines   410 kWh       75,44 €
Contributions et taxes                      31,02 €
Montant à payer TTC                        131,06 €
""", 90, 60),
    "a UK payslip": ("pay_stub", """
HARTLEY & SONS LTD                   PAYSLIP
Employee: S Ahmed     NI No: QQ123456C    Tax code 1257L
Pay date 31/03/2022      Period 12
Payments                     Deductions
Basic pay        2,100.00    PAYE tax           210.20
Overtime           120.00    National Insurance 150.11
                             Pension             63.00
Gross pay        2,220.00    Net pay          1,796.69
""", 90, 60),
    "a US pay stub": ("pay_stub", """
Summit Logistics Inc
Pay Period: 02/01/2022 - 02/15/2022       Check Date: 02/20/2022
Employee: Maria Cruz   SSN XXX-XX-1234
Earnings     Rate    Hours   Current     YTD
Regular     22.00    80.00  1,760.00  5,280.00
Deductions                  Current     YTD
Federal Income Tax           180.00   540.00
Social Security              109.12   327.36
Medicare                      25.52    76.56
Net Pay                    1,445.36  4,336.08
""", 90, 60),
    "a German payslip": ("pay_stub", """
Abrechnung der Brutto/Netto-Bezüge für März 2022
Personal-Nr. 00123  Steuerklasse 1   SV-Nummer 12 120380 M 004
Gehalt                              3.200,00
Gesamt-Brutto                       3.200,00
Lohnsteuer                            402,16
Krankenversicherung                   251,20
Rentenversicherung                    297,60
Auszahlungsbetrag                   2.102,44
""", 90, 60),
    "a French payslip": ("pay_stub", """
BULLETIN DE PAIE         Période du 01/02/2022 au 28/02/2022
Employeur: SAS Lumière   Matricule 0042
Salaire de base   151,67 h     11,20      1 698,70
Salaire brut                              1 698,70
Cotisations salariales                      372,20
Net à payer avant impôt                   1 326,50
""", 90, 60),
    "a W-2 from a payroll service": ("w2", """
2021 W-2 and EARNINGS SUMMARY
Employee Reference Copy   W-2 Wage and Tax Statement   2021
1 Wages, tips, other comp.  44,629.35    2 Federal income tax withheld  7,631.62
3 Social security wages     48,736.21    4 Social security tax withheld 3,021.64
5 Medicare wages and tips   48,736.21    6 Medicare tax withheld          706.68
""", 90, 60),
    "a 1099-NEC": ("form_1099", """
PAYER'S name, street address, city            OMB No. 1545-0116
Clearwater Media LLC                          Form 1099-NEC      Nonemployee
PAYER'S TIN  12-3456789   RECIPIENT'S TIN     Compensation
1 Nonemployee compensation $ 18,400.00        Copy B For Recipient
RECIPIENT'S name Alex Romero
4 Federal income tax withheld $ 0.00
""", 90, 40),
    "a 1099-R": ("form_1099", """
CORRECTED (if checked)
Golden Years Annuity Co                Distributions From Pensions, Annuities,
                                       Retirement or Profit-Sharing Plans
1 Gross distribution $ 12,000.00       Form 1099-R  2020
2a Taxable amount $ 12,000.00
RECIPIENT'S TIN ***-**-1234            7 Distribution code(s) 7
""", 90, 40),
    "a Spanish ID card": ("government_id", """
ESPAÑA
DOCUMENTO NACIONAL DE IDENTIDAD
APELLIDOS
GARCÍA LÓPEZ
NOMBRE
CARMEN
SEXO  NACIONALIDAD  FECHA DE NACIMIENTO
F     ESP           01 01 1980
VÁLIDO HASTA  01 01 2030
DNI 99999999R
""", 44, 16),
    "a French driving licence": ("government_id", """
PERMIS DE CONDUIRE   RÉPUBLIQUE FRANÇAISE
1. MARTIN
2. CLAIRE
3. 14.07.1985 LYON
4a. 03.05.2019   4c. PRÉFECTURE DU RHÔNE
4b. 03.05.2034
5. 19AB12345
9. AM/B1/B
""", 44, 16),
    "an Australian driver licence": ("government_id", """
DRIVER LICENCE   VICTORIA AUSTRALIA
JANE CITIZEN
FLAT 10 77 SAMPLE PARADE
KEW EAST VIC 3102
LICENCE EXPIRY  20-05-2024
DATE OF BIRTH   29-07-1983
LICENCE TYPE CAR   CONDITIONS S
LICENCE NO 012345678
""", 44, 16),
    "an ID card's back, little but its zone": ("government_id", """
I<UTOD231458907<<<<<<<<<<<<<<<
7408122F1204159UTO<<<<<<<<<<<6
ERIKSSON<<ANNA<MARIA<<<<<<<<<<
""", 40, 14),
    "an Indian PAN card": ("government_id", """
INCOME TAX DEPARTMENT      GOVT. OF INDIA
Permanent Account Number Card
ABCPK1234F
Name
RAHUL SHARMA
Father's Name
VIJAY SHARMA
Date of Birth
12/08/1990
""", 44, 16),
    "a letter": ("other", """
Greenfield Primary School
12 May 2022

Dear parents,

We would like to invite you to the summer concert, which will take place in
the school hall on Friday 10 June at six o'clock in the evening. The children
have been practising since February, and they look forward to seeing you.

Refreshments will be served. Please let us know if you need a parking space.

Yours faithfully,
Martha Quill, head teacher
""", 90, 60),
    "a letter that asks to pay an invoice": ("other", """
Dear Mr Osborne,

Thank you for your letter of 3 March, in which you write that you have not yet
received our invoice. We have asked our bank about the statement and the receipt
that you mention, and we will let you know as soon as we have heard from them.
In the meantime please do not hesitate to call us if there is anything else that
we can do for you, and accept our apologies for the trouble this has caused.

Yours sincerely,
P. Whitlock
""", 90, 60),
    "a contract that speaks of invoices": ("other", """
SERVICE AGREEMENT

This Agreement is made on 1 July 2021 between Alder Ltd ("the Client") and
Birch Consulting ("the Contractor"). The Contractor shall submit an invoice at
the end of each month, and the Client shall pay each invoice within thirty days
of the invoice date. Either party may terminate this agreement in writing.
""", 90, 60),
    "a 1040": ("other", """
Form 1040  U.S. Individual Income Tax Return 2021   OMB No. 1545-0074
Filing Status   Single   Married filing jointly
Your first name and middle initial     Last name      Your social security number
1 Wages, salaries, tips, etc. Attach Form(s) W-2        1     52,000.
2b Taxable interest                                     2b       120.
3b Ordinary dividends                                   3b        75.
""", 90, 60),
    "a 1098": ("other", """
RECIPIENT'S/LENDER'S name, street address           OMB No. 1545-1380
Harbor Home Loans                                   Form 1098
                                                    Mortgage Interest Statement
RECIPIENT'S/LENDER'S TIN   PAYER'S/BORROWER'S TIN
1 Mortgage interest received from payer(s)/borrower(s)  $ 8,120.44
2 Outstanding mortgage principal $ 212,000.00
""", 90, 40),
    "a purchase order": ("other", """
PURCHASE ORDER
Vendor: Apex Supplies              Ship To: Receiving Dock 4
Order Date: 01/09/2021             Deliver by: 15/09/2021
Item         Description                  Qty
A-100        Copier paper, box             20
B-220        Toner cartridge                4
Authorized by: R. Patel
""", 90, 60),
    "a business card": ("other", """
LENA HOFFMANN
Head of Marketing
Sunrise Travel AG
+41 44 123 45 67
lena.hoffmann@sunrise.example
www.sunrise.example
""", 44, 14),
    "a bank card": ("other", """
MONTERRA BANK
5412 7512 3456 7890
VALID THRU 12/26
C R TEMPLETON
DEBIT
""", 40, 13),
    "an insurance card": ("other", """
EVERWELL HEALTH PLAN
Member: JOSE RIVERA
Member ID: XYZ123456789
Group No: 00044
RxBIN 012345  RxPCN ABC
Copay: Office $20  ER $150
""", 44, 14),
    "a CV": ("other", """
TOMAS LINDQVIST
Software developer

Work experience
2018-2022  Backend developer, Fjord Systems, Bergen
2015-2018  Junior developer, Nordlys AS

Education
2012-2015  BSc Computer Science, University of Oslo

Skills   Python, Go, PostgreSQL
""", 90, 60),
    "a cheque": ("other", """
RIVERSIDE MILLS                                   No. 1042
                                        Date 4/9/2021
Pay to the order of  Daniel Hart              $ 350.00
Three hundred fifty and 00/100 ------------- Dollars
Memo: deposit                     Authorized signature
""", 90, 26),
    "a licence application": ("other", """
APPLICATION FOR A DRIVER LICENSE OR IDENTIFICATION CARD
Please print clearly in ink.
Last name ____________ First name ____________ Middle ________
Date of birth ____________   Place of birth ____________
Mailing address ______________________________
Have you ever held a driver license in another state?   Yes   No
Applicant's signature ____________________  Date __________
""", 90, 60),
}  # fmt: skip
