"""IRS form W-9, Request for Taxpayer Identification Number and Certification (revisions 2018-10 and 2024-03)."""

from pipeline.doctypes.cue_phrases import W9_CUES
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec

W9 = DocType(
    name="w9",
    label="W-9",
    threshold=0.75,
    cues=W9_CUES,
    fields=(
        FieldSpec(name="name", label="Name (line 1)", kind=FieldKind.NAME, required=True),
        FieldSpec(name="business_name", label="Business name (line 2)", kind=FieldKind.NAME),
        FieldSpec(
            name="federal_tax_classification",
            label="Federal tax classification",
            kind=FieldKind.CHOICE,
            required=True,
            choices=(
                "Individual/sole proprietor",
                "C corporation",
                "S corporation",
                "Partnership",
                "Trust/estate",
                "Limited liability company (C)",
                "Limited liability company (S)",
                "Limited liability company (P)",
                "Other",
            ),
            choices_take_detail=True,
        ),
        FieldSpec(name="exempt_payee_code", label="Exempt payee code", kind=FieldKind.IDENTIFIER),
        FieldSpec(name="address", label="Address (line 5)", kind=FieldKind.ADDRESS, required=True),
        FieldSpec(name="city_state_zip", label="City, state and ZIP", kind=FieldKind.ADDRESS, required=True),
        FieldSpec(name="account_numbers", label="Account numbers", kind=FieldKind.IDENTIFIER, sensitive=True),
        FieldSpec(
            name="ssn",
            label="Social security number",
            kind=FieldKind.IDENTIFIER,
            sensitive=True,
            pattern=r"\d{3}-\d{2}-\d{4}",
            pattern_hint="123-45-6789",
            check="ssn",
        ),
        FieldSpec(
            name="ein",
            label="Employer identification number",
            kind=FieldKind.IDENTIFIER,
            sensitive=True,
            pattern=r"\d{2}-\d{7}",
            pattern_hint="12-3456789",
            check="ein",
        ),
        FieldSpec(name="signature_date", label="Date signed", kind=FieldKind.DATE, required=True),
    ),
)
