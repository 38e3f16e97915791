"""Government-issued identity documents: passports, ID cards, driving licences, residence permits."""

from pipeline.doctypes.cue_phrases import GOVERNMENT_ID_CUES
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec, OrderRule

GOVERNMENT_ID = DocType(
    name="government_id",
    label="Government ID",
    threshold=0.80,
    cues=GOVERNMENT_ID_CUES,
    fields=(
        FieldSpec(
            name="id_type",
            label="Kind of ID",
            kind=FieldKind.CHOICE,
            required=True,
            choices=(
                "passport",
                "passport_card",
                "driver_license",
                "id_card",
                "residence_permit",
                "social_security_card",
            ),
        ),
        FieldSpec(
            name="document_number", label="Document number", kind=FieldKind.IDENTIFIER, required=True, sensitive=True
        ),
        FieldSpec(name="full_name", label="Full name", kind=FieldKind.NAME, required=True),
        FieldSpec(name="date_of_birth", label="Date of birth", kind=FieldKind.DATE, required=True),
        FieldSpec(name="issue_date", label="Date of issue", kind=FieldKind.DATE),
        FieldSpec(name="expiry_date", label="Date of expiry", kind=FieldKind.DATE, past=False),
        FieldSpec(name="address", label="Address", kind=FieldKind.ADDRESS),
        FieldSpec(name="sex", label="Sex", kind=FieldKind.CHOICE, choices=("M", "F", "X")),
        FieldSpec(name="issuing_authority", label="Issuing authority", kind=FieldKind.TEXT),
        FieldSpec(name="nationality", label="Nationality", kind=FieldKind.TEXT),
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
