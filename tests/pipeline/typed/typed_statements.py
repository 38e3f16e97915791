"""Bank statements, typed for the tests."""

from __future__ import annotations

from tests.pipeline.typed.typed_pages import TypedDocuments

STATEMENTS: TypedDocuments = {
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
}  # fmt: skip
