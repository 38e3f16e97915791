from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from app.auth import LOCAL_ADMIN, LOCAL_TENANT, Role, User
from app.components import export_panel
from db.exports import count_matching, matching
from db.filters import Filters
from tests.db.store import add_tenant, reviewable
from tests.pages.conftest import Opens, html, press


def export_address(at: AppTest) -> dict[str, list[str]]:
    """The parameters of the download."""
    [link] = [each for each in at.get("link_button") if "/api/export" in each.proto.url]  # type: ignore[attr-defined]
    return parse_qs(urlsplit(link.proto.url).query)  # type: ignore[attr-defined]


def test_documents_are_found_by_their_words(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection, b"one", words="lighthouse keeper")
        reviewable(connection, b"two", words="gardener")
    at = open_screen("documents", q="lighthouse")
    shown = html(at)
    assert any("<mark>lighthouse</mark>" in each for each in shown)
    assert not any("gardener" in each for each in shown)
    assert "**1 document** of 2" in [each.value for each in at.markdown]


def test_numbers_that_other_screens_mask_are_masked_beside_the_hits(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        one = reviewable(connection, words="Harrowby pays from 85830004 today")
        connection.execute(
            text(
                "UPDATE fields SET name = 'account_number', value = '\"85830004\"', raw = '85830004' WHERE doc_id = :id"
            ),
            {"id": one},
        )
    [found] = [each for each in html(open_screen("documents", q="harrowby")) if "<mark>" in each]
    assert "<mark>Harrowby</mark> pays from ••••0004 today" in found


def test_filters_and_pages_stand_in_the_address(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        for i in range(103):
            reviewable(connection, f"{i}".encode())
        connection.execute(text("UPDATE docs SET type = 'invoice' WHERE id = (SELECT id FROM docs LIMIT 1)"))
    assert len(open_screen("documents", type="invoice").dataframe[0].value) == 1
    at = open_screen("documents")
    assert len(at.dataframe[0].value) == 100
    press(at, "Next page")
    assert len(at.dataframe[0].value) == 3
    assert at.query_params["after"]


def test_further_filters_stand_in_the_address_too(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection, b"one")
        two = reviewable(connection, b"two")
        connection.execute(text("UPDATE docs SET confidence = 0.95, reasons = '[]' WHERE id = :id"), {"id": two})
    for params in (
        {"confidence": "0.9"},
        {"reason": "below_threshold"},
        {"uploader": LOCAL_ADMIN, "confidence": "0.9"},
    ):
        assert len(open_screen("documents", **params).dataframe[0].value) == 1
    assert len(open_screen("documents", confidence="nonsense", uploader="nobody").dataframe[0].value) == 2


def test_what_matches_is_exported_masked_unless_said_otherwise(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection, words="lighthouse")
    at = open_screen("documents", q="lighthouse", status="needs_review", confidence="0.9")
    assert export_address(at) == {
        "format": ["xlsx"],
        "hide": ["mask"],
        "q": ["lighthouse"],
        "status": ["needs_review"],
        "max_confidence": ["0.9"],
    }
    at.segmented_control(key="export-format").set_value("json")
    at.selectbox(key="export-hide").set_value("hash")
    at.checkbox(key="export-persons").set_value(True).run()
    address = export_address(at)
    assert (address["format"], address["hide"], address["persons"]) == (["json"], ["hash"], ["true"])


def test_only_what_is_ticked_is_exported(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        one = reviewable(connection, b"one", words="lighthouse")
        reviewable(connection, b"two", words="lighthouse")
    at = open_screen("documents", q="lighthouse")
    at.checkbox(key=f"tick-{one}").set_value(True).run()
    assert export_address(at)["id"] == [one]
    at.radio(key="export-which").set_value("matching").run()
    assert "id" not in export_address(at)


def test_numbers_in_full_are_offered_to_managers_only(
    open_screen: Opens, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.begin() as connection:
        reviewable(connection)
    at = open_screen("documents")
    assert "Shown in full" in at.selectbox(key="export-hide").options
    monkeypatch.setattr("app.auth.current_user", lambda: User(LOCAL_ADMIN, LOCAL_TENANT, "Ann", Role.ANALYST))
    assert "Shown in full" not in open_screen("documents").selectbox(key="export-hide").options


def test_an_export_of_very_many_says_what_it_holds(
    open_screen: Opens, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_panel, "MOST_DOCUMENTS", 1)
    with store.begin() as connection:
        reviewable(connection, b"one")
        reviewable(connection, b"two")
    assert any("One export holds the newest 1." in each.value for each in open_screen("documents").caption)


def test_words_are_counted_for_the_tenant_only(store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection, words="lighthouse keeper")
        other = add_tenant(connection, "Other")
        wanted = Filters(query="lighthouse")
        assert (count_matching(connection, LOCAL_TENANT, wanted), count_matching(connection, other, wanted)) == (1, 0)
        assert matching(connection, other, wanted, 10).ids == ()
        assert connection.execute(text("SHOW enable_seqscan")).scalar_one() == "on", "for what is asked next"


def test_no_document_explains_what_to_do(open_screen: Opens) -> None:
    assert "./fuse up --samples" in "".join(each.value for each in open_screen("documents").caption)


def test_nothing_found_says_so(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection)
    assert "No document matches" in open_screen("documents", q="zeppelin").info[0].value
