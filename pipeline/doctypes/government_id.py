"""Government-issued identity documents: passports, ID cards, driving licences, residence permits.

Labels are those of ICAO Doc 9303 (English or French, and the issuer's language), of ISO/IEC 18013-1 and of AAMVA's card
design standard.
"""

from pipeline.doctypes.cue_phrases import GOVERNMENT_ID_CUES
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec, OrderRule, phrases

_LICENCE_TITLES = phrases(
    """driver license, driver licence, drivers license, driving licence, drivers licence, operator license,
    commercial driver license, permis de conduire, führerschein, permiso de conducción, patente di guida, rijbewijs,
    carta de condução, prawo jazdy, körkort, ajokortti, førerkort, kørekort, řidičský průkaz, licencia de conducir"""
)

GOVERNMENT_ID = DocType(
    name="government_id",
    label="Government ID",
    threshold=0.80,
    cues=GOVERNMENT_ID_CUES,
    fields=(
        FieldSpec(
            name="id_type",
            label="Kind of ID",
            group="Document",
            kind=FieldKind.CHOICE,
            required=True,
            anchors=_LICENCE_TITLES,
            choices=(
                "passport",
                "passport_card",
                "driver_license",
                "id_card",
                "residence_permit",
                "social_security_card",
            ),
            choice_phrases={
                "passport_card": ("passport card",),
                "driver_license": _LICENCE_TITLES,
                "residence_permit": phrases(
                    """permanent resident, resident card, residence permit, aufenthaltstitel, titre de séjour,
                    permiso de residencia, permesso di soggiorno, verblijfstitel, employment authorization"""
                ),
                "social_security_card": phrases("this number has been established for, social security"),
                "id_card": phrases(
                    """identity card, identification card, personalausweis, id card, carte nationale d'identité,
                    carta d'identità, documento nacional de identidad, identitätskarte, carte d'identité,
                    identiteitskaart, dowód osobisty, henkilökortti, isikutunnistus, občanský průkaz"""
                ),
                "passport": phrases("passport, passeport, reisepass, pasaporte, passaporto, paspoort, titre de voyage"),
            },
        ),
        FieldSpec(
            name="document_number",
            label="Document number",
            group="Document",
            kind=FieldKind.IDENTIFIER,
            required=True,
            sensitive=True,
            anchors=phrases(
                """passport no, passport number, passport card no, document no, document number, license no, licence
                no, license number, licence number, customer identifier, card no, card number, id no, id number,
                identity no, permit no, no du passeport, passeport no, n° du document, no du document, no de
                pasaporte, num soporte, ausweis-nr, ausweisnummer, pass-nr, nummer des ausweises, numero documento,
                documentnummer, numer dokumentu, USCIS#, LIC #, LIC NO, DL #, DL NO, DLN, DL, LIC"""
            ),
        ),
        FieldSpec(
            name="full_name",
            label="Full name",
            group="Holder",
            kind=FieldKind.NAME,
            required=True,
            personal=True,
            anchors=(
                "name (surname, given names)",
                "name (last, first)",
                *phrases(
                    "this number has been established for, full name, name in full, holder's name, name of holder"
                ),
            ),
        ),
        FieldSpec(
            name="date_of_birth",
            label="Date of birth",
            group="Holder",
            kind=FieldKind.DATE,
            required=True,
            anchors=phrases(
                """date of birth, birth date, DOB, born, geburtsdatum, geburtstag, date de naissance, né le, né(e)
                le, fecha de nacimiento, data di nascita, data de nascimento, geboortedatum, data urodzenia, datum
                narození, syntymäaika, födelsedatum, datum rođenja"""
            ),
        ),
        FieldSpec(
            name="issue_date",
            label="Date of issue",
            group="Validity",
            kind=FieldKind.DATE,
            anchors=phrases(
                """date of issue, issue date, date issued, issued on, issued, ISS, ausstellungsdatum, ausgestellt am,
                date de délivrance, délivré le, fecha de expedición, fecha de emisión, data di rilascio, data de
                emissão, datum van afgifte, data wydania, datum vydání, resident since"""
            ),
        ),
        FieldSpec(
            name="expiry_date",
            label="Date of expiry",
            group="Validity",
            kind=FieldKind.DATE,
            past=False,
            anchors=phrases(
                """date of expiry, date of expiration, expiry date, expiration date, expires on, expires, card
                expires, valid until, valid thru, EXP, gültig bis, date d'expiration, valable jusqu'au, fecha de
                caducidad, fecha de vencimiento, válido hasta, data di scadenza, scadenza, data de validade, geldig
                tot, data ważności, termin ważności, platnost do, voimassa"""
            ),
        ),
        FieldSpec(
            name="address",
            label="Address",
            group="Further",
            kind=FieldKind.ADDRESS,
            anchors=phrases(
                """address, permanent address, residence, anschrift, adresse, domicilio, indirizzo, residenza,
                morada, adres zamieszkania, adres"""
            ),
        ),
        FieldSpec(
            name="sex",
            label="Sex",
            group="Further",
            kind=FieldKind.CHOICE,
            choices=("M", "F", "X"),
            anchors=phrases("sex, sexe, sexo, gender, geschlecht, sesso, geslacht, płeć, kön, pohlaví, spol"),
        ),
        FieldSpec(
            name="issuing_authority",
            label="Issuing authority",
            group="Further",
            kind=FieldKind.TEXT,
            anchors=phrases(
                """issuing authority, authority, autorité, autorité de délivrance, autoridad, autorità, autoridade,
                behörde, ausstellende behörde, issued by, place of issue, délivré par, rilasciato da, autoriteit,
                expedido por, organ wydający"""
            ),
        ),
        FieldSpec(
            name="nationality",
            label="Nationality",
            group="Further",
            kind=FieldKind.TEXT,
            anchors=phrases(
                """nationality, nationalité, nacionalidad, nazionalità, cittadinanza, nacionalidade, nationaliteit,
                staatsangehörigkeit, obywatelstwo, státní občanství, državljanstvo, kansalaisuus, citizenship"""
            ),
        ),
    ),
    helpers=(
        FieldSpec(
            name="surname",
            label="Surname",
            kind=FieldKind.NAME,
            personal=True,
            anchors=phrases(
                """surname, last name, family name, nom, nom de famille, name, nachname, familienname, apellidos,
                apellido, cognome, apelido, achternaam, nazwisko, příjmení, prezime, sukunimi, efternamn, LN"""
            ),
        ),
        FieldSpec(
            name="given_names",
            label="Given names",
            kind=FieldKind.NAME,
            personal=True,
            anchors=phrases(
                """given names, given name, first name, first names, forenames, forename, other names, prénoms,
                prénom, prénom(s), vornamen, vorname, nombres, nombre, nome, nomes, voornamen, imiona, jméno, ime,
                etunimet, förnamn, FN"""
            ),
        ),
    ),
    other_labels=phrases(
        """place of birth, country of birth, lieu de naissance, lugar de nacimiento, luogo di nascita, geburtsort,
        geboorteplaats, miejsce urodzenia, height, taille, größe, hgt, wgt, weight, eyes, hair, class, classes,
        category, rest, restr, restrictions, end, endorsements, vehicle classifications, previous type, donor, organ
        donor, personal no, personal number, numéro personnel, type, code, country code, code du pays, code of
        issuing state, colour of eyes, signature, holder's signature, signature of bearer, signature du titulaire,
        remarks, observations, also known as, maiden name, nom d'usage, national id no, kod, tipo, codigo, dd, rev,
        veteran"""
    ),
    orders=(
        OrderRule(
            early="date_of_birth", late="issue_date", sentence="The document was issued before its holder was born."
        ),
        OrderRule(early="issue_date", late="expiry_date", sentence="The document expires before it was issued."),
        OrderRule(
            early="date_of_birth", late="expiry_date", sentence="The document expires before its holder was born."
        ),
    ),
)
