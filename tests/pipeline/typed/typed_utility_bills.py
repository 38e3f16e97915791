"""Bills for electricity and water, typed for the tests."""

from __future__ import annotations

from tests.pipeline.typed.typed_pages import TypedDocuments

UTILITY_BILLS: TypedDocuments = {
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
}  # fmt: skip
