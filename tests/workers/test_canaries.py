"""Numbers and names that nobody must find anywhere but where a document's own values are kept."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from app.telemetry import set_up_logs
from db import documents, reviews
from db.tables import metadata
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT
from tests.pipeline.engines.fake_ollama import answering, asks_for_fields, documents_in
from tests.pipeline.written_pages import page_of
from tests.workers.llm_worker import Workers
from tests.workers.read_documents import classified, read

CANARIES = {
    "ssn": "412-55-8837",
    "ein": "47-3829164",
    "account": "4417 0923 8856",
    "card": "4539 1488 0343 6467",
    "iban": "DE44 5001 0517 5407 3249 31",
    "e-mail": "quillon.varga@mailbox.org",
    "name": "Quillon Varga",
    "holder": "Lena Vandermeer",
}
W9 = f"""
Form W-9
(Rev. March 2024)
Request for Taxpayer Identification Number and Certification
1 Name of entity/individual. An entry is required.
{CANARIES["name"]}
2 Business name/disregarded entity name, if different from above.
5 Address (number, street, and apt. or suite no.).
12 Harbor Street
6 City, state, and ZIP code
Portland, OR 97201
7 List account number(s) here (optional)
{CANARIES["account"]}
Part I Taxpayer Identification Number (TIN)
Social security number
{CANARIES["ssn"]}
or
Employer identification number
{CANARIES["ein"]}
Card number {CANARIES["card"]}
IBAN {CANARIES["iban"]}
E-mail {CANARIES["e-mail"]}
Part II Certification
Date 05/17/2024
"""
STATEMENT = f"""
First Harbor Bank
{CANARIES["holder"]}
12 Harbor Street
Portland, OR 97201
Statement of account
Account number 3097870552
Statement period 01/01/2024 to 01/31/2024
Opening balance $1,000.00
Closing balance $1,200.00
"""
"""No label announces its holder, and of the address below, which does, an example shows nothing."""
OWN_PLACES = ("docs", "pages", "fields", "corrections")
"""Where a document's own text and values are kept, and deleted with it."""


def parroting(request: dict[str, Any]) -> str:
    """A model that writes down all it sees, wherever it may."""
    seen = " ".join(documents_in(request)[0].split())[:300]
    if not asks_for_fields(request):
        names = request["format"]["properties"]
        return json.dumps({name: {"document_type": "w9", "evidence": [seen]} for name in names})
    lines = documents_in(request)[-1].splitlines()
    if "three" in lines:
        return f"This is no JSON: {seen}"
    number = next((line for line in lines if re.fullmatch(r"9\d\d-\d\d-\d{4}", line)), None)
    said = {"name": seen, "account_holder": seen, "ssn": number}
    return json.dumps({name: said.get(name) for name in request["format"]["properties"]})


def shapes_of(canary: str) -> set[str]:
    """As written, and without what parts its groups."""
    return {canary, re.sub(r"[\s-]", "", canary)} if any(c.isdigit() for c in canary) else {canary, canary.split()[-1]}


def found_in(text: str) -> set[str]:
    return {
        sort for sort, canary in CANARIES.items() if any(shape.lower() in text.lower() for shape in shapes_of(canary))
    }


@pytest.fixture
def flow(working: Any, capfd: pytest.CaptureFixture[str]) -> Any:
    """A W-9 is classified and extracted, corrected and approved, and is then an example; so is a bank statement.

    The last document's type is asked for with both of them as examples.
    """
    set_up_logs("DEBUG", "test")
    with working(answering(parroting), llm_classify="all", llm_examples="plain", log_level="DEBUG") as workers:
        boxes = {"name": [[1, 0.0, 0.0, 1.0, 1.0]], "ssn": [[1, 0.0, 0.0, 1.0, 1.0]]}
        approve(workers, run_through(workers, "one"), {"name": CANARIES["name"] + " jr"}, boxes)
        workers.redis.delete(*workers.redis.keys("fuse:gold:*"))
        run_through(workers, "two")
        run_through(workers, "three")
        approve(workers, extract(workers, STATEMENT), {"closing_balance": 1000.0}, {})
        workers.redis.delete(*workers.redis.keys("fuse:gold:*:bank_statement"))
        extract(workers, STATEMENT.replace(CANARIES["holder"], "Otto Quill"))
        workers.redis.delete(*workers.redis.keys("fuse:gold:*"))
        run_through(workers, "four")
        yield workers, capfd.readouterr()


def approve(workers: Workers, doc_id: str, values: dict[str, Any], boxes: dict[str, list[list[float]]]) -> None:
    with workers.store.begin() as connection:
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
        version = reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, values, boxes)
        reviews.approve(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN)


def extract(workers: Workers, text: str) -> str:
    with workers.store.begin() as connection:
        doc_id, job_id = classified(connection, text, text, "bank_statement")
    workers.run(job_id)
    return doc_id


def run_through(workers: Workers, name: str) -> str:
    with workers.store.begin() as connection:
        doc_id, job_id = read(connection, name, [page_of(f"{W9}\n{name}")])
    workers.run(job_id)
    ((extraction,),) = workers.rows("SELECT id FROM jobs WHERE stage = 'extraction' AND state = 'waiting'")
    workers.run(str(extraction))
    return doc_id


def test_the_canaries_are_where_they_belong(flow: Any) -> None:
    """Else the tests below would show nothing."""
    workers, _ = flow
    assert found_in(str(workers.rows("SELECT ocr_text FROM docs"))) == set(CANARIES)
    values = workers.rows("SELECT value, raw FROM fields WHERE name = 'ssn'")
    assert found_in(str(values)) == {"ssn"}
    assert len(workers.script.requests) == 11
    for place in (3, 8):
        asked = workers.script.requests[place]["messages"][-1]["content"]
        assert "other documents of this type" in asked
    shown = asked.split("The document:")[0]
    assert "First Harbor Bank" in shown
    assert "12 Harbor Street" not in shown
    of_types = workers.script.requests[9]["messages"][-1]["content"].split("The documents")[0]
    for line in ("First Harbor Bank", "-> bank_statement", "Form W-9", "-> w9"):
        assert line in of_types.splitlines()


def test_nothing_of_them_reaches_the_server(flow: Any) -> None:
    workers, _ = flow
    assert found_in(json.dumps(workers.script.requests)) == set()


def test_nothing_of_them_stands_in_the_record_of_calls_nor_in_any_other_table(flow: Any) -> None:
    workers, _ = flow
    assert workers.rows("SELECT count(*) FROM llm_calls") == [(11,)]
    assert workers.rows("SELECT count(*) FROM masks") == [(6,)]
    for table in metadata.tables:
        if table not in OWN_PLACES:
            assert (table, found_in(str(workers.rows(f"SELECT * FROM {table}")))) == (table, set())


def test_nothing_of_them_stays_in_redis(flow: Any) -> None:
    workers, _ = flow
    keys = workers.redis.keys("*")
    assert any(key.startswith(b"fuse:gold:") for key in keys)
    for key in keys:
        if workers.redis.type(key) == b"string":
            assert found_in((workers.redis.get(key) or b"").decode(errors="replace")) == set()
        assert found_in(key.decode()) == set()


def test_nothing_of_them_is_logged(flow: Any) -> None:
    _, printed = flow
    assert "without_model" in printed.err
    assert found_in(printed.out + printed.err) == set()
