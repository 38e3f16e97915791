from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.check_digits import is_iban, is_luhn, is_routing_number, may_be_ein, may_be_ssn
from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.definition import FieldKind, FieldSpec
from pipeline.extract import extract
from pipeline.intake import inspect
from pipeline.masking import Known, Mask, Sort, known_of, presidio_finder, surrogates
from pipeline.masking.mask import find_patterns
from pipeline.masking.number_patterns import find_numbers
from pipeline.masking.person_names import is_company, ordinary_words, words_of
from pipeline.masking.sensitive import sort_of
from pipeline.reading import ReadingOptions, read_pages
from pipeline.samples import Sample, draw
from pipeline.types import FieldValue, JsonValue, Page

MRZ = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def mask_of(*texts: str, known: Sequence[Known] = (), first: int = 1) -> Mask:
    """With our own recognisers only, so that it is the same where presidio is installed."""
    return Mask.of(texts, known, first, finders=[find_patterns])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SSN 123-45-6789", [("123-45-6789", Sort.SSN)]),
        ("on file: 123-45-6789.", [("123-45-6789", Sort.SSN)]),  # its shape is enough
        ("ITIN 912-78-1234", [("912-78-1234", Sort.SSN)]),
        ("Social security number\n123 45 6789", [("123 45 6789", Sort.SSN)]),
        ("123 45 6789", []),  # cells of a table
        ("SSN: 123456789", [("123456789", Sort.SSN)]),
        ("Order 123456789", []),  # nine digits alone say nothing
        ("1 2 3 - 4 5 - 6 7 8 9", [("1 2 3 - 4 5 - 6 7 8 9", Sort.SSN)]),  # a form's boxes
        ("XXX-XX-4915", [("XXX-XX-4915", Sort.SSN)]),
        ("EIN 12-3456789", [("12-3456789", Sort.EIN)]),
        ("Employer identification number 123456789", [("123456789", Sort.EIN)]),
        ("Routing number: 021000021", [("021000021", Sort.ROUTING)]),
        ("Routing number: 021000022", []),  # its check digit is wrong
        ("Sort code 94-65-90", [("94-65-90", Sort.ROUTING)]),
        ("94-65-90", []),
        ("Card 4111 1111 1111 1111", [("4111 1111 1111 1111", Sort.CARD)]),
        ("4111111111111111", [("4111111111111111", Sort.CARD)]),
        ("4111111111111112", []),  # no card: by Luhn
        ("3782 822463 10005", [("3782 822463 10005", Sort.CARD)]),
        ("IBAN DE89 3704 0044 0532 0130 00 BIC", [("DE89 3704 0044 0532 0130 00", Sort.IBAN)]),
        ("BE68 5390 0754 7034 BIC", [("BE68 5390 0754 7034", Sort.IBAN)]),  # a word after a full group
        ("Account number 27167566", [("27167566", Sort.ACCOUNT)]),
        ("Account number (see instructions)\n1212645154", [("1212645154", Sort.ACCOUNT)]),
        ("List account number(s) here (optional)\n4417 0923", [("4417 0923", Sort.ACCOUNT)]),
        ("acct: 4417-0923-11", [("4417-0923-11", Sort.ACCOUNT)]),
        ("Account 2024-05-17", []),  # a date
        ("Account balance 1,234,567.89", []),
        ("card ending XXXX1234", [("XXXX1234", Sort.ACCOUNT)]),
        ("Employee ID\n137994", [("137994", Sort.ID_NUMBER)]),
        ("Passport No. L26471141", [("L26471141", Sort.ID_NUMBER)]),
        ("jo.doe@bank.example.com", [("jo.doe@bank.example.com", Sort.EMAIL)]),
        ("Call (801) 555-0148.", [("(801) 555-0148", Sort.PHONE)]),
        ("+44 20 7946 0958", [("+44 20 7946 0958", Sort.PHONE)]),
        ("Telephone 01632 960065", [("01632 960065", Sort.PHONE)]),
        (MRZ, [(line, Sort.MRZ) for line in MRZ.split("\n")]),
        ("INV-2024-0117 2024-05-17 1,250.00 433534 60 x 60 OR 97201-1234", []),
        ("47d09446-1b42-4843-bb1b-123456789012", []),
        ("2024-05-17T10:20:30.123456+00:00", []),
        ("192.168.100.200:6379", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_recognised(text: str, found: list[tuple[str, Sort]]) -> None:
    assert [(text[f.start : f.end], f.sort) for f in find_numbers(text)] == found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Account holder: Jordan Blake", ["Jordan Blake"]),
        ("Account holder\nMarisol Lindqvist", ["Marisol Lindqvist"]),  # that probablepeople takes for a firm
        ("Account name\nFernhill Landscapes LLC", []),
        ("1. Surname\nINGRAM\n2. Given names\nLENA MARISOL", ["INGRAM", "LENA MARISOL"]),
        ("Bill to\nInvoice #\n433534\nRenata Marchetti", ["Renata Marchetti"]),  # another column stands between
        ("Bill to\nInvoice date\nOctober 29, 2023", []),  # labels are no names
        ("RECIPIENT'S name\n$\n24,673.21\nNICHOLS, AMANDA MICHELLE S.", ["NICHOLS, AMANDA MICHELLE S."]),
        ("Jocelyn Ingram\n2869 Nightingale Avenue\nFallbrook Mills, OR 97472", ["Jocelyn Ingram"]),
        ("Stonebridge Instruments Inc.\n9265 Nightingale Boulevard\nSilver Ferry, NY 12875", []),
        ("Employee\nPay date\n08/05/2024", []),
        ("Soil analysis\nAnnual maintenance plan", []),
    ],
)  # fmt: skip
def test_whose_name_is_recognised(text: str, names: list[str]) -> None:
    assert [known.text for known in find_patterns(text) if known.sort is Sort.NAME] == names


@pytest.mark.parametrize(
    ("original", "sort", "surrogate"),
    [
        ("123-45-6789", Sort.SSN, "900-00-0001"),
        ("12-3456789", Sort.EIN, "00-0000001"),
        ("jo@bank.com", Sort.EMAIL, "person1@example.com"),
        ("Jordan Blake", Sort.NAME, "Robin Ashby"),
        ("BLAKE, JORDAN", Sort.NAME, "ASHBY, ROBIN"),
    ],
)
def test_surrogates_of_a_fixed_look(original: str, sort: Sort, surrogate: str) -> None:
    mask = mask_of(f"it is {original}!", known=[Known(original, sort)])
    assert mask.hide(f"it is {original}!") == f"it is {surrogate}!"


@pytest.mark.parametrize(
    ("original", "sort", "is_none"),
    [
        ("4111 1111 1111 1111", Sort.CARD, is_luhn),
        ("DE89 3704 0044 0532 0130 00", Sort.IBAN, is_iban),
        ("GB29NWBK60161331926819", Sort.IBAN, is_iban),
        ("021000021", Sort.ROUTING, is_routing_number),
        ("123 45 6789", Sort.SSN, may_be_ssn),
        ("123456789", Sort.EIN, may_be_ein),
        ("AB-4417 0923", Sort.ACCOUNT, None),
        ("599339A81", Sort.ID_NUMBER, None),
        ("(801) 555-9148", Sort.PHONE, None),
        (MRZ.split("\n")[0], Sort.MRZ, None),
        (MRZ.split("\n")[1], Sort.MRZ, None),
    ],
)
def test_surrogates_keep_the_shape_and_nothing_else(original: str, sort: Sort, is_none: Any) -> None:
    hidden = mask_of(original, known=[Known(original, sort)]).hide(original)
    assert [shape(c) for c in hidden] == [shape(c) for c in original]
    assert hidden != original
    assert bare(hidden)[-4:] != bare(original)[-4:]
    assert is_none is None or not is_none(hidden)


@pytest.mark.parametrize(
    ("sort", "original", "holds"),
    [
        (Sort.CARD, "4111111111111111", is_luhn),
        (Sort.ROUTING, "021000021", is_routing_number),
        (Sort.IBAN, "DE89370400440532013000", is_iban),
        (Sort.SSN, "123456789", may_be_ssn),
        (Sort.EIN, "123456789", may_be_ein),
    ],
)
def test_no_surrogate_is_somebodys_number(sort: Sort, original: str, holds: Callable[[str], bool]) -> None:
    made = list(islice(surrogates.numbers(sort, original, 1), 300))
    assert [number for number in made if holds(number)] == []
    assert len(set(made)) == 300


@pytest.mark.parametrize("number", ["900000001", "12340001"])
def test_a_surrogate_never_ends_like_its_original(number: str) -> None:
    made = islice(surrogates.numbers(Sort.SSN, number, 1), 20_000)
    assert not any(each[-4:] == number[-4:] for each in made)


def shape(character: str) -> str:
    return "9" if character.isdigit() else "A" if character.isupper() else "a" if character.islower() else character


@pytest.mark.parametrize(
    ("answer", "original"),
    [
        ("900-00-0001", "123-45-6789"),
        ("900000001", "123456789"),  # a model that leaves out the dashes
        ("900 00 0001", "123 45 6789"),
        ("SSN 900-00-0001, ok", "SSN 123-45-6789, ok"),
        ("1900-00-0001", "1900-00-0001"),  # another number
        ("ROBIN ASHBY", "JORDAN BLAKE"),
        ("Ashby, Robin", "Blake, Jordan"),
        ("robin ashby", "jordan blake"),
        ("Ms Ashby's", "Ms Blake's"),
        ("PERSON1@EXAMPLE.COM", "jo@bank.com"),
        ("person10@example.com", "person10@example.com"),
        (900000001, "123456789"),
        ({"a": ["900000001", None, 2.5], "b": {"c": "Robin"}}, {"a": ["123456789", None, 2.5], "b": {"c": "Jordan"}}),
        (True, True),
        (1, 1),
        (float("nan"), None),
    ],
)  # fmt: skip
def test_a_surrogate_is_known_however_a_model_writes_it(answer: Any, original: Any) -> None:
    mask = mask_of("Account holder Jordan Blake, 123-45-6789, jo@bank.com")
    assert mask.reveal(answer) == original or answer != answer


@pytest.mark.parametrize(
    "text",
    ["123-45-6789", "123456789", "123 45 6789", "123 - 45 -\n6789", "SSN123-45-6789", "123–45–6789", "(123) 45 6789"],
)
def test_a_known_number_is_hidden_in_every_way_of_writing_and_comes_back_as_it_was(text: str) -> None:
    mask = mask_of("x", text, known=[Known("123-45-6789", Sort.SSN)])
    assert bare("123456789") not in bare(mask.hide(text))
    assert mask.reveal(mask.hide(text)) == text


@pytest.mark.parametrize(
    "text",
    ["Jordan Blake", "JORDAN BLAKE", "Blake, Jordan", "J. BLAKE", "jordan blake", "Jordan\nBlake", "Blake's", "jordan"],
)
def test_a_known_name_is_hidden_in_every_way_of_writing_and_comes_back_as_it_was(text: str) -> None:
    mask = mask_of("x", text, known=[Known("Jordan Blake", Sort.NAME)])
    assert not {"jordan", "blake"} & set(re.findall("[a-z]+", mask.hide(text).lower()))
    assert mask.reveal(mask.hide(text)) == text


def test_odd_capitals_come_back() -> None:
    text = "McDonald Mcdonald MCDONALD mcdonald d'Arcy D'ARCY"
    mask = mask_of(text, known=[Known("Ann McDonald", Sort.NAME), Known("Eve d'Arcy", Sort.NAME)])
    assert "donald" not in mask.hide(text).lower()
    assert mask.reveal(mask.hide(text)) == text


def test_a_word_that_is_also_a_label_is_hidden_within_the_name_only() -> None:
    text = "Bill to: Bill Price\nPrice 12.00 May 2024"
    mask = mask_of(text, known=[Known("Bill Price", Sort.NAME)])
    assert mask.hide(text) == "Bill to: Robin Ashby\nPrice 12.00 May 2024"


def test_a_surrogate_that_stands_in_the_document_is_passed_over() -> None:
    text = "123-45-6789 900-00-0001 ab@c.de person1@example.com Robin"
    mask = mask_of(text, known=[Known("123-45-6789", Sort.SSN), Known("Kim Oduya", Sort.NAME)])
    assert not any(pair.surrogate in text for pair in mask.pairs)
    assert mask.reveal(mask.hide(text)) == text


def test_what_a_company_calls_a_secret_is_the_sort_that_its_shape_tells() -> None:
    assert mask_of("123-45-6789", known=[Known("123-45-6789", Sort.ID_NUMBER)]).hide("123-45-6789") == "900-00-0001"


def test_a_number_is_not_looked_for_in_amounts() -> None:
    text = "Account 45698 of 45698.00, 1,45698 and 12"
    mask = mask_of(text, known=[Known("45698", Sort.ACCOUNT), Known("12", Sort.ID_NUMBER)])
    assert re.fullmatch(r"Account \d{5} of 45698.00, 1,45698 and 12", mask.hide(text))
    assert "Account 45698" not in mask.hide(text)


def test_the_same_document_gives_the_same_mask_and_masks_may_begin_apart() -> None:
    text = "Account holder Jordan Blake 123-45-6789"
    assert mask_of(text) == mask_of(text)
    others = {pair.surrogate for pair in mask_of(text, first=500).pairs}
    assert not others & {pair.surrogate for pair in mask_of(text).pairs}


def test_a_mask_is_kept_and_counts() -> None:
    text = f"Account holder Jordan Blake 123-45-6789 987-65-4321 jo@bank.com\n{MRZ}"
    mask = mask_of(text)
    again = Mask.from_json(json.loads(json.dumps(mask.to_json())))
    assert again == mask
    assert again.reveal(again.hide(text)) == text
    assert mask.sorts == {Sort.SSN: 2, Sort.EMAIL: 1, Sort.NAME: 1, Sort.MRZ: 2}


def test_an_empty_mask_hides_nothing() -> None:
    mask = Mask.of((), ())
    assert mask.hide("123-45-6789") == mask.reveal("123-45-6789") == "123-45-6789"


_DIGITS = st.text("0123456789", min_size=5, max_size=19)
_PIECES = st.one_of(
    st.text(max_size=20),
    _DIGITS,
    st.from_regex(r"\A(?:SSN )?[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}\Z"),
    st.from_regex(r"\AAccount number:? [0-9A-Z]{4,6}(?:[ -][0-9]{3,4}){0,2}\Z"),
    st.from_regex(r"\A[a-z]{1,8}@[a-z]{1,8}\.com\Z"),
    st.from_regex(r"\AAccount holder [A-Z][a-z]{2,8} [A-Z][A-Za-z]{2,8}\Z"),
    st.from_regex(r"\A\([2-9][0-9]{2}\) [0-9]{3}-[0-9]{4}\Z"),
    st.sampled_from(["900-00-0001", "000000001", "Robin Ashby", "person1@example.com", MRZ, "\n", "-", ".", " "]),
)
_TEXTS = st.lists(st.tuples(_PIECES, st.sampled_from([" ", "\n", "", "-", ", "])), max_size=12).map(
    lambda parts: "".join(piece + end for piece, end in parts)
)
_KNOWN = st.lists(
    st.one_of(
        st.builds(
            Known, _DIGITS, st.sampled_from([Sort.ACCOUNT, Sort.SSN, Sort.CARD, Sort.IBAN, Sort.PHONE, Sort.MRZ])
        ),
        st.builds(Known, st.text(max_size=15), st.sampled_from(list(Sort))),
    ),
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(_TEXTS, min_size=1, max_size=3), known=_KNOWN)
def test_what_is_hidden_comes_back(texts: list[str], known: list[Known]) -> None:
    texts = [*texts, " ".join(k.text for k in known)]
    mask = mask_of(*texts, known=known)
    for text in texts:
        assert mask.reveal(mask.hide(text)) == text
        assert mask.reveal({"a": [mask.hide(text)]}) == {"a": [text]}
    used = Counter(pair.surrogate.casefold() for pair in mask.pairs)
    assert all(count == 1 for count in used.values())


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


def pages_of(sample: Sample) -> tuple[Page, ...]:
    return tuple(read_pages(sample.data, inspect(sample.data, sample.filename).kind, ReadingOptions()))


def bare(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", unicodedata.normalize("NFKD", text).lower())


def stands(value: JsonValue, text: str) -> bool:
    return re.search(rf"(?<![0-9a-z]){r'[^0-9a-z]{0,3}'.join(bare(str(value)))}(?![0-9a-z])", text.lower()) is not None


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("doc_type", ["w9", "bank_statement", "government_id", "invoice"])
def test_nothing_sensitive_is_left_on_a_drawn_document_and_the_rest_is(doc_type: str, seed: int) -> None:
    sample = draw(doc_type, seed=seed)
    pages = pages_of(sample)
    mask = mask_of(
        *(page.text for page in pages), known=known_of(extract(pages, DOC_TYPES[doc_type]), DOC_TYPES[doc_type])
    )
    shown = "\n".join(page.text for page in pages)
    hidden = "\n".join(mask.hide(page.text) for page in pages)
    secrets = 0
    for spec in DOC_TYPES[doc_type].fields:
        value = sample.truth.get(spec.name)
        if value is None or isinstance(value, list):
            continue
        if sort_of(spec) is Sort.NAME and not is_company(str(value)):
            secrets += 1
            left = [w for w in words_of(str(value)) if w.casefold() not in ordinary_words() and stands(w, hidden)]
            assert left == []
        elif sort_of(spec) not in (None, Sort.NAME):
            secrets += 1
            assert not stands(value, hidden), spec.name
        else:
            assert stands(value, hidden) == stands(value, shown), spec.name
    assert secrets or doc_type == "invoice"
    assert amounts(hidden) == amounts(shown)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("doc_type", ["pay_stub", "w2", "form_1099"])
def test_types_without_fields_are_masked_by_the_recognisers(doc_type: str, seed: int) -> None:
    shown = "\n".join(page.text for page in pages_of(draw(doc_type, seed=seed)))
    mask = mask_of(shown)
    assert mask.sorts[Sort.NAME] == 1
    assert not re.search(r"(?<!9)\b(?!9)\d{3}-\d{2}-\d{4}\b|\b(?!00)\d{2}-\d{7}\b", mask.hide(shown))
    assert amounts(mask.hide(shown)) == amounts(shown)


def amounts(text: str) -> list[str]:
    return re.findall(r"(?<![\d.,])\d{1,3}(?:,\d{3})*\.\d\d(?!\d)", text)


def test_presidio_is_asked_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packages are replaced: with the real ones it was tried by hand (docs/dependencies.md)."""
    text = "Call +81 3 1234 5678, cheque 369492, Kim Oduya of Opening Balance"
    results = [
        ("+81 3 1234 5678", "PHONE_NUMBER"),
        ("369492", "PHONE_NUMBER"),
        ("Kim Oduya", "PERSON"),
        ("Opening Balance", "PERSON"),
    ]
    asked: dict[str, Any] = {}

    class Engine:
        def __init__(self, **settings: Any) -> None:
            asked.update(settings)

        def analyze(self, text: str, **ways: Any) -> list[SimpleNamespace]:
            asked.update(ways)
            return [
                SimpleNamespace(start=text.index(part), end=text.index(part) + len(part), entity_type=entity)
                for part, entity in results
            ]

    def module(name: str, **members: Any) -> None:
        made = ModuleType(name)
        made.__dict__.update(members)
        monkeypatch.setitem(sys.modules, name, made)

    names = ("CreditCardRecognizer", "IbanRecognizer", "UsSsnRecognizer", "UsItinRecognizer", "PhoneRecognizer")
    module("presidio_analyzer", AnalyzerEngine=Engine, RecognizerRegistry=SimpleNamespace)
    module("presidio_analyzer.nlp_engine", SpacyNlpEngine=SimpleNamespace)
    module("presidio_analyzer.predefined_recognizers", **dict.fromkeys(names, SimpleNamespace))
    module("spacy", blank=str, util=SimpleNamespace(get_installed_models=list))
    monkeypatch.setattr(presidio_finder, "is_installed", lambda: True)
    presidio_finder._analyzer.cache_clear()
    try:
        found = list(presidio_finder.find_by_presidio(text))
        assert Mask.of([text], ()).sorts[Sort.PHONE] == 1
    finally:
        presidio_finder._analyzer.cache_clear()
    assert found == [Known("+81 3 1234 5678", Sort.PHONE), Known("Kim Oduya", Sort.NAME)]
    assert asked["nlp_engine"].nlp == {"en": "en"}


def test_presidio_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presidio_finder, "is_installed", lambda: False)
    assert list(presidio_finder.find_by_presidio("4111 1111 1111 1111")) == []


@pytest.mark.skipif(
    not presidio_finder.is_installed(), reason="presidio-analyzer is not installed (requirements-pii.txt)"
)
def test_presidio_itself_works_without_a_network() -> None:
    assert Known("4111 1111 1111 1111", Sort.CARD) in presidio_finder.find_by_presidio("Card 4111 1111 1111 1111")
