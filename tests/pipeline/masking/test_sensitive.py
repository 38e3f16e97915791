from __future__ import annotations

from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.definition import FieldKind, FieldSpec
from pipeline.masking import Known, Sort, known_of
from pipeline.types import FieldValue


def test_what_the_built_in_engine_knows() -> None:
    w9 = DOC_TYPES["w9"]
    fields = (
        FieldValue("name", "Jordan Blake", "JORDAN BLAKE"),
        FieldValue("business_name", "Blake Consulting", "Blake Consulting"),
        FieldValue("ssn", "123-45-6789", "1 2 3 4 5 6 7 8 9"),
        FieldValue("ein", None),
        FieldValue("account_numbers", "4417 0923", "4417 0923"),
        FieldValue("signature_date", "2024-05-17", "05/17/2024"),
        FieldValue("no_such_field", "x", "x"),
    )
    assert known_of(fields, w9) == (
        Known("JORDAN BLAKE", Sort.NAME),
        Known("Jordan Blake", Sort.NAME),
        Known("1 2 3 4 5 6 7 8 9", Sort.SSN),
        Known("123-45-6789", Sort.SSN),
        Known("4417 0923", Sort.ACCOUNT),
    )


def test_a_company_is_no_secret_and_an_iban_is_one() -> None:
    fields = (
        FieldValue("account_holder", "Fernhill Landscapes LLC", "Fernhill Landscapes LLC"),
        FieldValue("account_number", "DE89370400440532013000", "DE89 3704 0044 0532 0130 00"),
    )
    known = known_of(fields, DOC_TYPES["bank_statement"])
    assert {k.sort for k in known} == {Sort.IBAN}


def test_columns_of_tables_are_looked_at() -> None:
    column = FieldSpec(name="iban", label="IBAN", kind=FieldKind.IDENTIFIER, required=True, sensitive=True)
    table = FieldSpec(name="payees", label="Payees", kind=FieldKind.TABLE, columns=(column,))
    own = DOC_TYPES["other"].model_copy(update={"fields": (table,)})
    assert known_of((FieldValue("payees", [{"iban": "AB12345"}, {"iban": None}]),), own) == (
        Known("AB12345", Sort.ID_NUMBER),
    )


def test_the_built_in_types_say_whose_names_are_personal() -> None:
    personal = {(t.name, spec.name) for t in DOC_TYPES.values() for spec in (*t.fields, *t.helpers) if spec.personal}
    assert personal == {
        ("w9", "name"),
        ("bank_statement", "account_holder"),
        ("government_id", "full_name"),
        ("government_id", "surname"),
        ("government_id", "given_names"),
    }
