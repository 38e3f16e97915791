from __future__ import annotations

from sqlalchemy import Engine, text

from tests.db.store import reviewable
from tests.pages.conftest import Opens, html


def test_documents_are_found_by_their_words(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection, b"one", words="lighthouse keeper")
        reviewable(connection, b"two", words="gardener")
    at = open_screen("documents", q="lighthouse")
    shown = html(at)
    assert any("<mark>lighthouse</mark>" in each for each in shown)
    assert not any("gardener" in each for each in shown)


def test_filters_and_pages_stand_in_the_address(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        for i in range(103):
            reviewable(connection, f"{i}".encode())
        connection.execute(text("UPDATE docs SET type = 'invoice' WHERE id = (SELECT id FROM docs LIMIT 1)"))
    assert len(open_screen("documents", type="invoice").dataframe[0].value) == 1
    at = open_screen("documents")
    assert len(at.dataframe[0].value) == 100
    next(each for each in at.button if each.label == "Next page").click().run()
    assert len(at.dataframe[0].value) == 3
    assert at.query_params["after"]


def test_no_document_explains_what_to_do(open_screen: Opens) -> None:
    assert "./fuse up --samples" in "".join(each.value for each in open_screen("documents").markdown)


def test_nothing_found_says_so(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection)
    assert "No document matches" in open_screen("documents", q="zeppelin").info[0].value
