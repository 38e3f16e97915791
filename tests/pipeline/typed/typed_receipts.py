"""Receipts, typed for the tests: tills, restaurants, a petrol station."""

from __future__ import annotations

from tests.pipeline.typed.typed_pages import TypedDocuments

RECEIPTS: TypedDocuments = {
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
}  # fmt: skip
