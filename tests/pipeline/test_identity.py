"""Identity documents: labels in two languages, field numbers, a zone beside print, and a licence's bar code."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import zxingcpp

from pipeline.doctypes import DOC_TYPES
from pipeline.extract import extract
from pipeline.extract.aamva import fields_of_bar_code
from pipeline.reading.codes import find_codes
from pipeline.run import extract_fields
from pipeline.samples import draw_dozen
from pipeline.types import Box, Code, FieldValue, JsonValue, Page
from tests.pipeline.drawn_documents import read
from tests.pipeline.written_pages import page_of

_LICENCE_CODE = (
    "@\n\x1e\rANSI 636005080002DL00410278ZS03190008DLDAQK1234567\nDCSBLAKE\nDDEN\nDACJORDAN\nDDFN\nDADMAY\nDDGN\nDCAD\n"
    "DBD03152021\nDBB07041985\nDBA07042029\nDBC2\nDAU066 IN\nDAG12 HARBOR ST\nDAIMYRTLE BEACH\nDAJSC\nDAK295770000 \n"
    "DCF0123\nDCGUSA\r"
)
_CANADIAN_CODE = "@\n\x1e\rANSI 604428090002DL00410100DLDAQB12345678\nDCSROY\nDACLEA\nDBB19900209\nDBA20290209\nDBC2\r"


def values_on(*lines: str) -> dict[str, JsonValue]:
    """What is extracted from a card with these lines; two spaces or more are a gap."""
    fields = extract([page_of("\n".join(lines))], DOC_TYPES["government_id"])
    return {field.name: field.value for field in fields if field.value is not None}


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["Surname / Nom", "DUVAL", "Given names / Prénoms", "ZOE ANNE"], "ZOE ANNE DUVAL"),
        (["Apellidos / Surname", "RUIZ SOTO", "Nombre / Name", "INES"], "INES RUIZ SOTO"),
        (["Surname: Duval", "Given names: Zoe"], "Zoe Duval"),
        (["Name (Surname, Given names)", "OKORO, ADA"], "ADA OKORO"),
        (
            ["DRIVER LICENSE", "4d DL A1234567  9 CLASS D", "1 SAMPLE", "2 DL ADULT", "3 DOB 01/02/1980"],
            "DL ADULT SAMPLE",
        ),
        (["DRIVER LICENSE", "4d DL A1234567  9 CLASS D", "1 SAMPLE", "JO ANN", "3 DOB 01/02/1980"], "JO ANN SAMPLE"),
        (["DRIVER LICENSE", "SAMPLE", "JO ANN", "12 OAK ST", "DENVER, CO 80202"], "JO ANN SAMPLE"),
        (["DRIVER LICENSE", "JO ANN SAMPLE", "12 OAK ST", "DENVER, CO 80202"], "JO ANN SAMPLE"),
        (["THIS NUMBER HAS BEEN ESTABLISHED FOR", "JO SAMPLE", "SIGNATURE"], "JO SAMPLE"),
    ],
)
def test_names(lines: list[str], name: str) -> None:
    assert values_on(*lines)["full_name"] == name


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        (["Nationality / Nationalité / Nacionalidad", "UTOPIAN"], "nationality", "UTOPIAN"),
        (["Date of Birth      Sex", "31 MAY 1988      M"], "sex", "M"),
        (["Kyn / Sex / Sexe", "KVK/F"], "sex", "F"),
        (["Issued On      Expires On", "30 NOV 2019      29 NOV 2029"], "expiry_date", "2029-11-29"),
        (["Authority / Autorité", "PASSPORT OFFICE BELMARE"], "issuing_authority", "PASSPORT OFFICE BELMARE"),
        (["WEST VIRGINIA", "DRIVER'S LICENSE", "LIC # A123456"], "issuing_authority", "WEST VIRGINIA"),
        (["DRIVER LICENSE", "A1234567      9 CLASS C"], "document_number", "A1234567"),
        (["SOCIAL SECURITY", "000-12-3456", "THIS NUMBER HAS BEEN ESTABLISHED FOR"], "document_number", "000-12-3456"),
        (["DRIVER LICENSE", "8 12 OAK ST", "DENVER, CO 80202", "3 DOB 01/02/1980", "15 SEX F", "4b EXP 01/02/2030"],
         "address", "12 OAK ST DENVER, CO 80202"),
    ],
)  # fmt: skip
def test_fields_beside_and_below_their_labels(lines: list[str], field: str, value: str) -> None:
    assert values_on(*lines)[field] == value


def test_the_print_tells_what_the_zone_leaves_out() -> None:
    values = values_on(
        "REPUBLIC OF UTOPIA", "PASSPORT",
        "Surname", "ÆGIRSSON", "Given names", "ÞÓR",
        "Date of birth", "12 AUG 1924",
        "UTOPIAN",
        "P<UTOAEGIRSSON<<THOR<<<<<<<<<<<<<<<<<<<<<<<<", "L898902C36UTO2408123M2904150ZE184226B<<<<<14",
    )  # fmt: skip
    assert values["full_name"] == "ÞÓR ÆGIRSSON"
    assert values["date_of_birth"] == "1924-08-12"
    assert values["nationality"] == "UTOPIAN"


def with_code(text: str) -> Page:
    page = page_of("DRIVER LICENSE")
    return replace(page, codes=(Code("PDF417", text, Box(1, 0.1, 0.7, 0.9, 0.9)),))


def test_a_licences_bar_code_says_its_fields() -> None:
    values = {field.name: field.value for field in extract([with_code(_LICENCE_CODE)], DOC_TYPES["government_id"])}
    assert values == {
        "id_type": "driver_license", "document_number": "K1234567", "full_name": "JORDAN MAY BLAKE",
        "date_of_birth": "1985-07-04", "issue_date": "2021-03-15", "expiry_date": "2029-07-04",
        "address": "12 HARBOR ST, MYRTLE BEACH, SC 29577", "sex": "F", "issuing_authority": "SOUTH CAROLINA",
        "nationality": None,
    }  # fmt: skip


def test_canadian_dates_begin_with_the_year() -> None:
    values = {field.name: field.value for field in fields_of_bar_code([with_code(_CANADIAN_CODE)], {})}
    assert (values["date_of_birth"], values["expiry_date"]) == ("1990-02-09", "2029-02-09")


def test_print_that_contradicts_the_bar_code_leaves_the_value_in_doubt() -> None:
    printed = {"document_number": FieldValue("document_number", "K7654321", "K7654321", (Box(1, 0.1, 0.1, 0.2, 0.2),))}
    values = {field.name: field for field in fields_of_bar_code([with_code(_LICENCE_CODE)], printed)}
    assert values["document_number"].findings == ("bar_code_differs",)
    assert (values["document_number"].confidence or 1) < 0.6 < 0.9 < (values["date_of_birth"].confidence or 0)


@pytest.mark.parametrize("text", ["", "https://example.com", "ANSI 636005", "DAQK1234567\nDCSBLAKE"])
def test_other_bar_codes_say_nothing(text: str) -> None:
    names = {field.name for field in fields_of_bar_code([with_code(text)], {})}
    assert names <= {"id_type"}


def test_a_bar_codes_impossible_day_is_no_value() -> None:
    names = {field.name for field in fields_of_bar_code([with_code("ANSI 636005\nDBB99999999\nDAQK1\n")], {})}
    assert names == {"id_type", "document_number"}


def test_a_drawn_bar_code_is_read_from_the_picture() -> None:
    drawn = zxingcpp.create_barcode(_LICENCE_CODE, zxingcpp.BarcodeFormat.PDF417)
    picture = np.array(zxingcpp.write_barcode_to_image(drawn, scale=3))
    codes = find_codes(np.pad(picture, 60, constant_values=255), 1)
    assert [code.text for code in codes] == [_LICENCE_CODE]


def test_a_label_whose_words_lie_in_two_rows_stops_nothing() -> None:
    """The photographed passport of the samples has one."""
    passport = next(sample for sample in draw_dozen() if sample.doc_type == "government_id")
    fields = extract_fields(read(passport).reading.pages, DOC_TYPES["government_id"]).by_name()
    assert fields["document_number"].value == passport.truth["document_number"]
    assert fields["date_of_birth"].value == passport.truth["date_of_birth"]
