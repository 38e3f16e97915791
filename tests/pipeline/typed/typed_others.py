"""What is none of the known types, typed for the tests, though some of it speaks of them."""

from __future__ import annotations

from tests.pipeline.typed.typed_pages import TypedDocuments

OTHERS: TypedDocuments = {
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
