"""Identity cards and driving licences, typed for the tests."""

from __future__ import annotations

from tests.pipeline.typed.typed_pages import TypedDocuments

IDS: TypedDocuments = {
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
}  # fmt: skip
