"""The phrases that speak for the built-in types, side by side, because they compete: a weight means something only
beside the weights of the other types.

The weights are log odds on the scale of `pipeline.classify`: about 2 halves the doubt, 5 nearly settles it. They come
from what such documents are required or used to say (IRS forms, ICAO 9303, the VAT directive's list of what an
invoice says, payslip laws) in English, German, French, Spanish, Italian, Portuguese and Dutch, not from counting.
Accents, case and punctuation don't matter. "^" before a phrase: only in the top third of the page, because forms name
other forms further down. A star stands for the rest of a word: "rechnungs*" is also found in
"Rechnungsnummer". A phrase inside a longer one that is listed counts only where it stands by itself: "tax invoice" is
not also an "invoice".
"""

from __future__ import annotations


def _weighted(lists: dict[float, str]) -> dict[str, float]:
    """Phrase -> weight, from comma-separated lists of phrases of the same weight."""
    return {phrase.strip(): weight for weight, phrases in lists.items() for phrase in phrases.split(",")}


W9_CUES = _weighted(
    {
        8.0: "request for taxpayer identification number",
        5.0: "^form w-9, request for taxpayer",
        4.0: "identification number and certification",
        3.0: "give form to the requester, federal tax classification, exempt payee code, exemption from fatca "
        "reporting code, disregarded entity name",
        2.0: "taxpayer identification number tin, list account numbers here, individual sole proprietor, part ii "
        "certification, send to the irs, limited liability company enter the tax classification, enter your "
        "tin in the appropriate box",
        1.5: "backup withholding, employer identification number, requester's name and address, under penalties of "
        "perjury i certify",
        1.0: "trust estate, s corporation, c corporation, w-9, department of the treasury",
    }
)

W2_CUES = _weighted(
    {
        8.0: "wage and tax statement",
        5.0: "wages tips other compensation, wages tips other comp",
        4.0: "^form w-2, forms w-2, *w-2 wage",
        3.0: "social security wages, medicare wages, medicare wages and tips, nonqualified plans, statutory "
        "employee, third party sick pay",
        2.0: "social security tips, allocated tips, dependent care benefits, medicare tax withheld, social "
        "security tax withheld, copy a for social security administration, copy b to be filed with employee's "
        "federal tax return, copy c for employee's records, copy 2 to be filed with employee's state",
        1.0: "employer's name address and zip code, employee's social security number, local wages tips, "
        "department of the treasury",
        -6.0: "^form w-4, employee's withholding certificate",
    }
)

FORM_1099_CUES = _weighted(
    {
        4.0: "^form 1099, payer's name, ^*1099 a, ^*1099 b, ^*1099 c, ^*1099 cap, ^*1099 div, ^*1099 g, ^*1099 "
        "int, ^*1099 k, ^*1099 ls, ^*1099 ltc, ^*1099 misc, ^*1099 nec, ^*1099 oid, ^*1099 patr, ^*1099 q, "
        "^*1099 qa, ^*1099 r, ^*1099 s, ^*1099 sa, ^*1099 sb",
        3.5: "changes in corporate control and capital structure, acquisition or abandonment of secured property, "
        "proceeds from broker and barter exchange, cancellation of debt, certain government payments, "
        "dividends and distributions, miscellaneous income, miscellaneous information, nonemployee "
        "compensation, distributions from pensions annuities, payment card and third party network "
        "transactions, proceeds from real estate transactions, long term care and accelerated death benefits, "
        "payments from qualified education programs, distributions from an hsa archer msa, taxable "
        "distributions received from cooperatives",
        3.0: "corrected if checked, payer's tin, payer's federal identification number",
        2.0: "recipient's name, recipient's tin, recipient's identification number, interest income, copy b for "
        "recipient, copy a for internal revenue service center, copy 1 for state tax department, total "
        "ordinary dividends, qualified dividends, original issue discount, shareholder's name, filer's name, "
        "lender's tin, borrower's tin, lender's name, borrower's name, acquirer's tin, corporation's tin, "
        "shareholder's tin, unemployment compensation",
        1.0: "*1099, fatca filing requirement, account number see instructions, state income, important tax "
        "information and is being furnished, for recipient, 2nd tin not, void corrected, department of the "
        "treasury",
        -4.0: "mortgage interest statement, wage and tax statement, individual income tax return",
        -10.0: "request for taxpayer identification number",
    }
)

PAY_STUB_CUES = _weighted(
    {
        6.0: "pay stub, paystub, payslip, pay slip, salary slip, wage slip, gehaltsabrechnung, lohnabrechnung, "
        "entgeltabrechnung, verdienstabrechnung, bezugeabrechnung, bulletin de paie, bulletin de salaire, "
        "fiche de paie, recibo de nomina, recibo de salarios, busta paga, cedolino, recibo de vencimento, "
        "holerite, contracheque, loonstrook, salarisstrook, loonspecificatie, salarisspecificatie",
        5.0: "earnings statement, statement of earnings",
        4.0: "pay period, net pay, gross pay, pay begin date, pay end date, advice of deposit",
        3.0: "pay date, ytd, nomina, salaire brut, net a payer avant impot, salario bruto, stipendio, brutolohn, "
        "bruttolohn, gesamtbrutto, steuerbrutto, auszahlungsbetrag, brutoloon, nettoloon, brutosalaris, "
        "nettosalaris, loonheffing, taxable wages, take home pay",
        2.5: "deductions, year to date, deducciones, retenuta, trattenute, devengos, sozialversicherung, "
        "solidaritatszuschlag, lohnsteuer, national insurance, taxable pay, gross earnings, total deductions, "
        "total earnings, provident fund, superannuation",
        2.0: "earnings, pay rate, overtime, fica, oasdi, fed withholding, federal withholding, taxable marital "
        "status, exemptions allowances, pay frequency, pay group, advice date, paye, period ending, period "
        "beginning, employee number, hours worked, gross wages, net wages, basic salary, 401 k, fed mwt, paid "
        "time off, withholding tax, hourly rate",
        1.5: "regular, cotisations",
        1.0: "employee id, employee no, payroll, medicare, leave balance, direct deposit, personalnummer, "
        "steuerklasse, matricule, check date, vacation, sick, salary, tax code",
        0.5: "hours, descontos, bonus, department, advice",
        -3.0: "pay to the order of, wage and tax statement",
    }
)

UTILITY_BILL_CUES = _weighted(
    {
        4.0: "kwh, electricity bill, water bill, gas bill, energy bill, electric bill, utility bill, "
        "stromrechnung, gasrechnung, facture d'electricite, facture de gaz, facture d'eau, bolletta, factura "
        "de electricidad, factura de luz, factura de gas, conta de luz, conta de energia, energierekening, "
        "energienota",
        3.0: "meter, meter reading, meter readings, meter number, meter no, previous reading, present reading, "
        "current reading, previous read, current read, electricity, sewer, natural gas, therms, service "
        "address, energy charge, energy charges, utility, utilities, wastewater, stormwater, water usage, "
        "electric service, water service, standing charge, mpan, mprn, next scheduled read date, read date, "
        "zahlerstand*, zahlernummer, abschlag*, verbrauchsstelle, lieferstelle, marktlokation, electricite, "
        "compteur, point de livraison, energia electrica, energia elettrica, potencia contratada, termino de "
        "potencia, numero de contador, punto de suministro, contatore, codice pod, codice pdr, leitura, "
        "meterstand*, elektriciteit, energieverbruik, termijnbedrag, leveringskosten, unit rate, kilowatt "
        "hours",
        2.0: "electric, delivery charge, delivery charges, supply charge, supply charges, distribution charge, "
        "transmission charge, customer charge, billing period, budget billing, kw, ccf, hcf, demand charge, "
        "supply address, estimated reading, actual reading, read type, daily supply charge, tariff, your "
        "bill, days of service, billing days, verbrauch, strom, erdgas, grundpreis, arbeitspreis, "
        "netzentgelt, consommation, consumo, lettura, lecturas, consumi, verbruik, netbeheer, refuse, "
        "garbage, trash, recycling, basic service charge, fuel adjustment, electric company, power company, "
        "water department, public utilities, power and light, gas and electric, water authority, energy "
        "supply",
        1.5: "total amount due, water, gallons, previous bill, last bill, service from, account summary, balance "
        "forward, payments received, amount enclosed, fornitura, suministro, monthly charges, wireless, data "
        "plan",
        1.0: "gas, energy, power, broadband, data usage, line rental, roaming, previous balance, service period, "
        "kundennummer, vertragskonto, late fee, past due, autopay, detach, current charges, usage, "
        "abonnement, telephone service, internet service",
        0.5: "contract account, residential",
    }
)

INVOICE_CUES = _weighted(
    {
        5.0: "commercial invoice, proforma invoice, pro forma invoice, vat invoice, sales invoice, service "
        "invoice, nota fiscal",
        4.0: "invoice, rechnung, facture, fattura, factura, fatura, factuur, invoice for, faktura, "
        "handelsrechnung, schlussrechnung, abschlagsrechnung, teilrechnung, sammelrechnung, monatsrechnung, "
        "jahresrechnung, proformarechnung",
        3.0: "bill to, billed to, invoice to, invoiced to, sold to, rechnungs*, numero de facture, facture n, date "
        "de facture, date de facturation, numero fattura, data fattura, numero de factura, n factura, fecha "
        "factura, fecha de factura, factuurnummer, factuurdatum, numero da fatura, data da fatura, numero "
        "fatura, tax invoice, invoice total, total invoice, ^gutschrift, credit note, ^storno*, "
        "rechnungskorrektur, nota di credito, nota de credito, ^avoir, creditnota",
        2.5: "invoice date, invoice number, invoice no, invoice id, invoice due date, zahlungsziel, zahlbar bis, "
        "zahlungsbedingungen, date d'echeance, conditions de paiement, modalites de paiement, condizioni di "
        "pagamento, fecha de vencimiento, forma de pago, modalita di pagamento, vervaldatum, "
        "betalingstermijn, betalingsvoorwaarden, data de vencimento, condicoes de pagamento, leistungsdatum, "
        "lieferdatum, scadenza, leistungszeitraum, invoice amount",
        2.0: "ship to, shipped to, payment terms, terms of payment, payment due, unit price, unit cost, po number, "
        "p o number, po no, purchase order number, purchase order no, ust-id, ust idnr, steuernummer, numero "
        "de tva, tva intracommunautaire, partita iva, p iva, btw nummer, kvk, siret, siren, einzelpreis, prix "
        "unitaire, prezzo unitario, precio unitario, preco unitario, stuksprijs, customer vat, vat "
        "registration, make all checks payable, make checks payable, remittance, remit payment, gstin, hsn, "
        "place of supply, amount payable, net 30, days net, bankverbindung, unser zeichen, gesamtbetrag, "
        "endbetrag, nettobetrag, imponibile, base imponible, montant ht, total ht, net a payer, totaal excl, "
        "total ttc",
        1.5: "due date, amount due, remit, customer number, customer no, customer id, your reference, our "
        "reference, our ref, your ref, order number, bank details, kundennummer, kunden nr, client, cliente, "
        "bestellnummer, auftragsnummer, klantnummer, balance due, salesperson, line total, beneficiary, bank "
        "transfer",
        1.0: "vat, quantity, qty, description, subtotal, net amount, net total, amount, mwst, umsatzsteuer, tva, "
        "iva, btw, menge, bezeichnung, artikel, quantite, designation, descrizione, quantita, cantidad, "
        "descripcion, quantidade, descricao, aantal, omschrijving, iban, bic, swift, gross amount, terms and "
        "conditions, zwischensumme, swift code, payable, lieferschein nr, delivery note no, delivery note "
        "number, contract number, contract no, bestellung nr, angebot nr, quotation no, quote number",
        0.5: "hours, rate, leistung, terms",
        -2.0: "meter reading, kwh, pay period",
        -3.0: "account statement, statement of account",
    }
)

RECEIPT_CUES = _weighted(
    {
        4.0: "cash receipt, sales receipt, store receipt, official receipt, simplified tax invoice, kassenbon, "
        "kassenzettel, kassabon, scontrino, documento commerciale, ticket de caisse, factura simplificada, "
        "fatura simplificada, cupom fiscal, tax invoice receipt, guest check, guest receipt",
        3.0: "receipt, quittung, recibo, ricevuta, please come again, rounding, rounding adjustment, goods sold, "
        "change due, amount tendered, total tendered, cash tendered, items sold, item sold, no of items, you "
        "saved, customer copy, merchant copy, cardholder copy, thank you for shopping, thank you for your "
        "visit, ruckgeld, gegeben, es bediente sie, merci de votre visite, gracias por su visita, gracias por "
        "su compra, grazie e arrivederci, obrigado pela preferencia, tunai, kembali, kembalian, wisselgeld, "
        "troco, monnaie rendue, rendu monnaie, sales associate",
        2.5: "cashier, auth code, approval code, appr code, chip read, debit tend, total sales, kassierer, "
        "kassierin, caissier, cajero, operatore cassa, served by, your cashier, guests, dine in, take out, "
        "takeaway, folio, clerk",
        2.0: "tender, tendered, receipt no, receipt number, sdn bhd, tvr, terminal id, merchant id, entry method, "
        "contactless, gratuity, mastercard, amex, returns, return policy, not returnable, have a nice day, "
        "have a great day, pump, unleaded, kartenzahlung, girocard, barzahlung, especes, carte bancaire, "
        "efectivo, tarjeta, contante, pagamento elettronico, di cui iva, numerario, contant, pinnen, bonnr, "
        "kassa, kasse, caja, terima kasih, jumlah, rm, incl gst, gst summary, mastercard charge, visa charge, "
        "sales receipt no, simplified invoice, trace no, approved, suggested tip, arrive, table no, host",
        1.5: "cash, gst, tax invoice, tip, thank you, store, register, guest, american express, clerk id, shop "
        "online, member card, loyalty, summe, vielen dank, cambio, entregado, resto, cassa, caixa, bedankt, "
        "betaald, merci, gracias, grazie, obrigado, espece, cb, harga, qty price, cash sale, cash bill, order "
        "type, eat in, nights, check out, trans, transaction, pos, change, survey, refund, refunds, aid",
        1.0: "visa, approved by, credit card, card number, sales tax, sale, tid, mid, outlet, bill no, counter, "
        "debit, net total, discount, points, exchange, ticket, server, feedback, table",
        0.7: "subtotal, sub total, tel, tax, open, bar, room",
        0.5: "auth, item, reg, total, www, items, welcome",
        -2.0: "bill to, ship to, due date, payment terms, purchase order",
    }
)

BANK_STATEMENT_CUES = _weighted(
    {
        5.0: "kontoauszug, releve de compte, releve bancaire, estratto conto, extracto de cuenta, extracto "
        "bancario, estado de cuenta, extrato bancario, extrato de conta, rekeningafschrift, "
        "rekeningoverzicht, consolidated statement",
        4.0: "bank statement, statement of accounts, checking account statement, current account statement, bank "
        "account statement, statement of your account",
        3.0: "account statement, statement period, beginning balance, ending balance, kontostand, extracto, "
        "balance brought forward, balance carried forward, brought forward, opening balance, closing balance, "
        "alter saldo, neuer saldo, anfangssaldo, endsaldo, ancien solde, nouveau solde, solde initial, solde "
        "final, solde crediteur, solde debiteur, saldo anterior, saldo final, saldo inicial, saldo iniziale, "
        "saldo finale, beginsaldo, eindsaldo, vorig saldo, nieuw saldo",
        2.5: "withdrawals, deposits and additions, deposits and other credits, withdrawals and other debits, "
        "electronic withdrawals, checks paid, average daily balance, daily ending balance, start balance, end "
        "balance, date valeur, fecha valor, data valuta, data contabile, fecha operacion, narration, "
        "withdrawal amt, deposit amt, money in, money out, total deposits, total withdrawals, interest paid, "
        "annual percentage yield earned",
        2.0: "paid in, paid out, statement of account, account summary, gutschriften, belastungen, direct debit, "
        "atm withdrawal, member fdic, sort code, posted balance, buchungstag, buchungsdatum, wertstellung, "
        "mouvements, movimientos, movimenti, movimentos, lastschrift, uberweisung, virement, prelevement, "
        "transferencia, bonifico, accrediti, addebiti, dare, avere, debe, haber, abonos, cargos, "
        "bijgeschreven, afgeschreven, overboeking, incasso, ifsc, micr, running balance, available balance, "
        "daily balance, statement date, standing order, account activity, transaction history, transaction "
        "details, service charge summary, deposits, ach credit, ach debit",
        1.5: "checking, overdraft, previous balance, debits, credits, debit, credit, solde, saldo, value date, "
        "particulars, withdrawal, payroll deposit, cheque, routing number, statement number",
        1.0: "new balance, savings, credit union, balance, kontonummer, iban, bic, transactions, branch, account "
        "number, cuenta, conto corrente, compte, rekening, konto, valuta, deposit",
        0.5: "bank, interest",
        -3.0: "minimum payment due, service address, pay to the order of, pay period",
    }
)

GOVERNMENT_ID_CUES = _weighted(
    {
        8.0: "this number has been established for",
        5.0: "driver license, driver licence, drivers license, driving licence, drivers licence, identification "
        "card, personalausweis, permanent resident, fuhrerschein, permis de conduire, permiso de conduccion, "
        "patente di guida, carta de conducao, rijbewijs, carte nationale d'identite, documento nacional de "
        "identidad, carta d'identita, cartao de cidadao, identiteitskaart, aufenthaltstitel, titre de sejour, "
        "permiso de residencia, permesso di soggiorno, passport card, employment authorization, residence "
        "permit, national identity card, licencia de conducir, travel document, titre de voyage, global "
        "entry, military id, permanent account number card, unique identification authority of india, "
        "aadhaar, election commission, cedula de identidad, cedula de ciudadania, documento de identidad, "
        "carteira de identidade, carteira nacional de habilitacao, isikutunnistus, henkilokortti, "
        "identitetskort, dowod osobisty, prawo jazdy, obcansky prukaz, osobna iskaznica, osebna izkaznica, "
        "kimlik karti, provisional licence",
        4.0: "passport, reisepass, identity card, pasaporte, passaporto, paspoort, passeport, cestovni pas, "
        "putovnica, vegabref, passi, paszport, utlevel, learner permit, carte d'identite, state id",
        2.5: "given names, given name, place of birth, geburtsort, lieu de naissance, lugar de nacimiento, luogo "
        "di nascita, local de nascimento, geboorteplaats, hgt, customer identifier, uscis, resident since, "
        "card expires, country of birth, organ donor, restrictions none, voter id, endorsements none",
        2.0: "date of birth, dob, date of expiry, date of expiration, expiry date, geburtsdatum, date de "
        "naissance, fecha de nacimiento, data di nascita, data de nascimento, geboortedatum, "
        "staatsangehorigkeit, passport no, social security administration, 4d, wgt, dd, not valid for federal "
        "identification, restr, place of issue, income tax department",
        1.5: "surname, nationality, date of issue, eyes, donor, nationalite, nacionalidad, cittadinanza, "
        "nacionalidade, nationaliteit, vorname, vornamen, prenom, prenoms, apellidos, cognome, 4a, 4b, gultig "
        "bis, issued on, expires on, republic of, republique, republik, republica, repubblica, kingdom of",
        1.0: "sex, endorsements, specimen, sexe, sexo, sesso, geschlecht, geslacht, 9a, class, hair, height, iss, "
        "exp, last name, first name, citizenship, ministry of, issuing authority, driver, license, licence",
        0.5: "authority, social security, signature, identity, nombres, nome, name",
        -3.0: "application for, applicant, applicants, member id, policy number, mailing address",
    }
)

OTHER_CUES = _weighted(
    {
        8.0: "individual income tax return, mortgage interest statement, employee's withholding certificate, "
        "residential loan application, health insurance claim, student loan interest statement, tuition "
        "statement, ira contribution information, employer provided health insurance offer, employment "
        "eligibility verification, certificate of foreign status, certificate of live birth, certificate of "
        "marriage, marriage certificate, birth certificate, closing disclosure, loan estimate, uniform "
        "residential appraisal report, credit application, explanation of benefits, certificate of liability "
        "insurance, certificate of insurance, health coverage, partner's share of income, employer's "
        "quarterly federal tax return, application for employer identification number, transmittal of wage "
        "and tax statements, health insurance marketplace statement, profit or loss from business, "
        "supplemental income and loss, itemized deductions, request for verification of employment, "
        "underwriting and transmittal summary",
        6.0: "^form 1040, ^form 1098, ^*1098 e, ^*1098 t, ^form 5498, ^form 1095, ^form 1042, ^schedule k-1, ^form "
        "1065, ^form 1120, ^form 941, ^form 940, ^form 990, ^form w-4, ^form w-8ben, ^form w-7, ^form w-3, "
        "^form i-9, ^form ss-4, ^form 4506, ^form 8821, ^form 2848, pay to the order of, request for "
        "transcript, bill of lading, packing slip, packing list, death certificate, certificate of title, "
        "power of attorney, deed of trust, promissory note, last will and testament, valid thru, good thru, "
        "arxiv, vaccination record card, prior authorization",
        5.0: "curriculum vitae, lease agreement, rental agreement, non disclosure agreement, mietvertrag, "
        "arbeitsvertrag, contrat de travail, letter of intent, offer letter, press release, annual report, "
        "boarding pass, account application, securities and exchange commission, not valid unless signed",
        4.0: "immunization, homeowners association, community association, balance sheet, income statement, profit "
        "and loss, table of contents, work experience, professional experience, rx bin, rx group, consent "
        "form, meeting minutes, application form, application for, retention consent, credit report, payroll "
        "check, menu, uniform residential, appraisal, ^quotation, ^delivery note, ^order confirmation, "
        "^recipe, diploma, newsletter",
        3.5: "^lieferschein, ^angebot, ^auftragsbestatigung, ^bon de livraison",
        3.0: "agreement, contract, insurance card, copay, member id, by and between, to whom it may concern, "
        "hereby, whereas, terms of service, privacy policy, user manual, questionnaire, memorandum, vertrag, "
        "contrat, contrato, contratto, lebenslauf, non negotiable, deductible, coinsurance, in witness "
        "whereof, et al, offerte, preventivo, presupuesto, please print clearly, select one, minimum payment "
        "due, ^purchase order, ^estimate, ^bestellung, ^devis, vaccination, registrant, ^abstract, article 1, "
        "article i, starters, ingredients, memo",
        2.0: "resume, lease, skills, patient, policy number, group number, dear, sincerely, yours faithfully, kind "
        "regards, best regards, shall, references, applicant, applicants, legal guardian, plaintiff, "
        "defendant, diagnosis, physician, chapter, thesis, dissertation, agenda, sehr geehrte, madame "
        "monsieur, estimado, gentile, geachte, mailing address, homeowner, to be completed by, certify under, "
        "for department use only, for official use only, policyholder, endorsement, parties, registry",
        1.5: "education, chief executive, conclusion, university, license agreement, section 1, researcher, "
        "engineer, consultant, profile, objective, omb no, void after, subscriber, certificate, ^introduction",
        1.0: "please sign, signature of, print name, committee, study, research, mobile, mob, manager, director, "
        "lender, borrower, figure, experience",
        0.5: "phone number, email address, department of",
    }
)
