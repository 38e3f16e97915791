"""Payslips and the forms of wages and payments, typed for the tests."""

from __future__ import annotations

from tests.pipeline.typed.typed_pages import TypedDocuments

PAY_AND_TAX_FORMS: TypedDocuments = {
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
}  # fmt: skip
