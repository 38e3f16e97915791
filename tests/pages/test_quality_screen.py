from __future__ import annotations

import json
import re
from typing import Any

import pytest
import streamlit as st
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from app.auth import LOCAL_ADMIN, LOCAL_TENANT
from app.components.definitions import DEFINITIONS
from app.components.quality_confusion import by_label, clicked_cell
from app.components.quality_numbers import share_change, share_text
from app.components.wording import field_label, type_label
from app.server import make_api
from db import documents, reviews, snapshots
from pipeline.doctypes import DOC_TYPES
from pipeline.metrics.quality import confusion_matrix
from tests.db.store import reviewable
from tests.pages.conftest import Opens, html


def _reviewed(store: Engine, content: str, days_ago: float = 0, machine_type: str = "w9", **values: object) -> str:
    """An approved W-9 that the machine may have called otherwise, uploaded some days ago."""
    with store.begin() as connection:
        doc_id = reviewable(connection, content.encode())
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
        version = reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, values)
        reviews.approve(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN)
        connection.execute(
            text(
                "UPDATE docs SET created_at = now() - make_interval(secs => :secs), machine_type = :called, "
                "filename = :filename, review_seconds = :seconds WHERE id = :id"
            ),
            {"id": doc_id, "secs": days_ago * 86_400, "called": machine_type, "filename": f"{content}.pdf",
             "seconds": 20 + days_ago},
        )  # fmt: skip
    return doc_id


def _shown(at: AppTest) -> dict[str, str]:
    return {each.label: each.value for each in at.metric}


def _texts(at: AppTest) -> str:
    return " ".join([*(str(each.value) for each in at.caption), *html(at)])


def test_a_new_installation_says_so(open_screen: Opens) -> None:
    at = open_screen("quality")
    assert "Welcome to Fuse" in at.subheader[0].value
    assert not at.metric


def test_an_empty_period_points_to_a_longer_one(open_screen: Opens, store: Engine) -> None:
    _reviewed(store, "old", days_ago=10)
    shown = open_screen("quality", period="7 days").markdown[0].value
    assert "In the one before there were 1: choose a longer period" in shown


def test_what_was_not_measured_is_a_dash(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection)
    at = open_screen("quality")
    shown = _shown(at)
    assert shown["Documents"] == "1"
    for label in ("Type right", "Fields right", "Straight-through precision", "Review time, median"):
        assert shown[label] == "–"
    assert "once people have approved" in at.info[0].value
    assert "nothing to compare with" in _texts(at)
    assert all(not each.delta for each in at.metric)


def test_approved_documents_are_the_truth_and_thin_data_is_told(open_screen: Opens, store: Engine) -> None:
    _reviewed(store, "one", name="Another")
    at = open_screen("quality")
    assert _shown(at)["Type right"] == "100%"
    types, fields, stages, statuses = (each.value for each in at.dataframe)
    assert list(types["Type"]) == ["W-9"]
    [row] = fields.to_dict("records")
    assert (row["Field"], row["Exact"], row["Values"]) == ("Name (line 1)", 0.0, 1)
    assert list(stages["Stage"]) == ["Reading", "Classification", "Extraction"]
    assert list(statuses["Status"]) == ["Approved"]
    assert "Most figures are measured by fewer than 30 cases" in _texts(at)
    assert "1 type with fewer than 30 documents" in _texts(at)
    assert "1 field with fewer than 30 values" in _texts(at)
    assert "Nobody has checked a document that passes" in _texts(at)


def test_the_period_stands_in_the_address_and_changes_are_against_the_one_before(
    open_screen: Opens, store: Engine
) -> None:
    for content, days_ago, called in (("a", 1, "w9"), ("b", 2, "w9"), ("c", 8, "w9"), ("d", 9, "w2")):
        _reviewed(store, content, days_ago, called)
    at = open_screen("quality", period="7 days")
    found = {each.label: each for each in at.metric}
    assert (found["Documents"].value, found["Documents"].delta) == ("2", "no change")
    assert (found["Type right"].value, found["Type right"].delta) == ("100%", "+50.0 points")
    assert found["Review time, median"].delta == "-7 s"
    colours = {each.label: each.proto.color for each in at.metric}
    assert colours["Type right"] == colours["Review time, median"]  # more is better, and less is better
    assert (found["Review rate"].value, found["Review rate"].delta) == ("100%", "no change")
    assert colours["Review rate"] == colours["Documents"] != colours["Type right"]  # neither good nor bad


def test_every_figure_is_that_of_the_api(open_screen: Opens, store: Engine) -> None:
    _reviewed(store, "a", 1, "w9")
    _reviewed(store, "b", 2, "w2")
    _reviewed(store, "c", 3, "w9", name="Jordan Blaker", ein="38-8211965")
    _reviewed(store, "d", 40, "w9", name="Somebody Else")
    with store.begin() as connection:
        reviewable(connection, b"waiting")
        failed = reviewable(connection, b"failed")
        connection.execute(text("UPDATE docs SET processing_status = 'error' WHERE id = :id"), {"id": failed})
        passed = reviewable(connection, b"passed")
        connection.execute(
            text("UPDATE docs SET processing_status = 'auto_approved', machine_reasons = '[]' WHERE id = :id"),
            {"id": passed},
        )
    _checked(store)
    at = open_screen("quality")
    told = TestClient(make_api()).get("/api/metrics?days=30").json()
    shown = {each.label: (each.value, each.delta) for each in at.metric}
    before = told["before"]
    for label, figure in (
        ("Straight through", "straight_through_rate"),
        ("Straight-through precision", "straight_through_precision"),
        ("Review rate", "review_rate"),
        ("Error rate", "error_rate"),
        ("Type right", "type_accuracy"),
        ("Macro F1", "macro_f1"),
        ("Fields right", "field_accuracy"),
    ):
        assert told[figure] is not None, label
        assert shown[label] == (share_text(told[figure]), share_change(told[figure], before[figure]) or ""), label
    assert shown["Documents"] == (f"{told['documents']}", f"{told['documents'] - before['documents']:+}")
    assert shown["Reviewed"][0] == f"{told['reviewed']}"
    assert shown["Calibration error"][0] == share_text(told["calibration"]["error"])
    assert shown["Review time, median"][0] == f"{told['review_time']['p50_s']:.0f} s"
    assert shown["Review time, p90"][0] == f"{told['review_time']['p90_s']:.0f} s"
    low, high = told["straight_through_interval"].values()
    assert (
        f"of {told['checked']['n']} checked documents; 95 % interval {share_text(low)} to {share_text(high)}"
        in _texts(at)
    )
    _tables_are_those_of(at, told)
    _charts_are_those_of(at, told)


def _checked(store: Engine) -> None:
    """Lets the reviewed documents be ones that the machine would have let pass, but for the lot."""
    with store.begin() as connection:
        connection.execute(
            text(
                """UPDATE docs SET machine_reasons = '[{"code": "sampled", "sentence": "Drawn."}]' """
                "WHERE processing_status = 'approved'"
            )
        )


def _tables_are_those_of(at: AppTest, told: dict[str, Any]) -> None:
    types, fields, stages, statuses = (each.value.to_dict("records") for each in at.dataframe)
    by_type = {type_label(each["label"]): each for each in told["types"]}
    assert [row["Type"] for row in types] == sorted(by_type, key=str.casefold)
    for row in types:
        figures = by_type[row["Type"]]
        assert row["Documents"] == figures["support"]
        for column in ("precision", "recall", "f1"):
            _same(row[column.capitalize() if column != "f1" else "F1"], figures[column])
    by_field = {(type_label(each["type"]), field_label(each["type"], each["name"])): each["quality"]
                for each in told["fields"]}  # fmt: skip
    assert len(fields) == len(by_field)
    for row in fields:
        figures = by_field[row["Type"], row["Field"]]
        _same(row["Exact"], _rate(figures["present"]))
        _same(row["Token F1"], figures["token_f1"])
        _same(row["With absent"], _rate(figures["exact"]))
        assert (row["Values"], row["Documents"]) == (figures["present"]["n"], figures["exact"]["n"])
    assert [row["Runs"] for row in stages] == [each["n"] for each in told["latencies"]]
    assert [row["Half take up to"] for row in stages] == [f"{each['p50_ms']:.0f} ms" for each in told["latencies"]]
    assert sum(row["Documents"] for row in statuses) == told["documents"]


def _charts_are_those_of(at: AppTest, told: dict[str, Any]) -> None:
    confusion, reliability, learning = (json.loads(chart.proto.spec)["data"] for chart in at.get("plotly_chart"))
    cells = {(truth, said): n for truth, said, n, *_ in confusion[1]["customdata"]}
    matrix = told["confusion"]
    assert cells == {
        (truth, said): n
        for truth, row in zip(matrix["truths"], matrix["counts"], strict=True)
        for said, n in zip(matrix["predictions"], row, strict=True)
        if n
    }
    assert reliability[1]["customdata"] == [each["n"] for each in told["calibration"]["bins"] if each["n"]]
    assert learning[0]["y"] == [_rate(point["values"]) for point in told["learning"]]
    assert learning[1]["y"] == [_rate(point["review"]) for point in told["learning"]]


def _rate(share: dict[str, int]) -> float | None:
    return share["right"] / share["n"] if share["n"] else None


def _same(cell: float, share: float | None) -> None:
    assert share is not None
    assert cell == pytest.approx(share * 100, abs=0.051)


def test_a_cell_shows_its_documents_without_a_mouse(open_screen: Opens, store: Engine) -> None:
    _reviewed(store, "right")
    _reviewed(store, "**wrong** <b>", machine_type="w2")
    at = open_screen("quality")
    box = at.selectbox[0]
    assert box.options == ["Documents that are W-9 and were called W-2 (1)", "W-9, called so (1)"]
    box.select("w9~w2").run()
    assert at.query_params["cell"] == "w9~w2"
    shown = " ".join(html(at))
    assert "**wrong** &lt;b&gt;.pdf" in shown
    assert "Called W-2 (90% sure); is W-9, as Local admin approved" in shown
    assert "right.pdf" not in shown


def test_a_cell_in_the_address_is_opened_and_one_that_is_none_says_so(open_screen: Opens, store: Engine) -> None:
    _reviewed(store, "right")
    assert "right.pdf" in " ".join(html(open_screen("quality", cell="w9~w9")))
    at = open_screen("quality", cell="w2~<script>")
    assert not at.exception
    assert "Choose another cell" in at.info[0].value


def test_many_documents_of_a_cell_come_in_pages(open_screen: Opens, store: Engine) -> None:
    for i in range(11):
        _reviewed(store, f"file-{i:02}")
    at = open_screen("quality", cell="w9~w9")
    assert "1 to 10 of 11 documents" in _texts(at)
    at.button[0].click().run()
    assert at.query_params["page"] == "2"
    assert "11 to 11 of 11 documents" in _texts(at)
    assert "file-00.pdf" in " ".join(html(at))
    assert "1 to 10" in _texts(open_screen("quality", cell="w9~w9", page="-3"))


@pytest.mark.parametrize(
    ("selection", "cell"),
    [
        ({"points": [{"x": "W-2", "y": "W-9", "customdata": ["w9", "w2", 3, "W-9", "W-2"]}]}, "w9~w2"),
        ({"points": []}, None),  # a click on nothing
        ({"points": [{"x": "W-2", "y": "W-9"}]}, None),
    ],
)
def test_a_click_is_a_cell(selection: dict[str, Any], cell: str | None) -> None:
    assert clicked_cell(selection) == cell


def test_types_are_ordered_by_what_people_read() -> None:
    counts = {("form_1099", "bank_statement"): 1, ("w9", "w9"): 2, ("government_id", "unknown"): 3, ("other", "w9"): 4}
    matrix = by_label(confusion_matrix(counts))
    assert list(matrix.truths) == sorted(("form_1099", "government_id", "w9", "other"), key=type_label)
    assert matrix.predictions == (*matrix.truths, "bank_statement", "unknown")
    assert {pair: matrix.count(*pair) for pair in counts} == counts


def test_fields_stand_as_on_the_document(open_screen: Opens, store: Engine) -> None:
    _reviewed(store, "a", ein="38-8211965", business_name="Blake Ltd", address="1 Main Street")
    fields = list(open_screen("quality").dataframe[1].value["Field"])
    order = [spec.label for spec in DOC_TYPES["w9"].fields]
    assert len(fields) == 4
    assert fields == sorted(fields, key=order.index)


def test_definitions_speak_of_no_table_of_the_database() -> None:
    said = " ".join(f"{each.source} {each.of} {each.meaning}" for each in DEFINITIONS.values())
    assert not re.search(r"\((?:docs|fields|\w+_\w+)\b|\w+_\w+|docs\.", said)


def test_trends_are_drawn_from_reviews_and_snapshots(open_screen: Opens, store: Engine) -> None:
    _reviewed(store, "one")
    at = open_screen("quality")
    assert len(at.get("plotly_chart")) == 3  # confusion, reliability, learning
    assert "a line needs two of them" in _texts(at)
    for _ in range(2):
        with store.begin() as connection:
            snapshots.take(connection)
            connection.execute(text("UPDATE metrics_history SET at = at - interval '2 days'"))
    st.cache_data.clear()
    at = open_screen("quality", curve="Over reviewed documents")
    line = json.loads(at.get("plotly_chart")[3].proto.spec)["data"][0]
    told = TestClient(make_api()).get("/api/metrics/history?days=30").json()
    assert [each["field_accuracy"] for each in told["snapshots"]] == line["y"] == [1.0, 1.0]
    assert told["of_days"] == 30
    assert not at.exception


def test_definitions_are_one_click_away_and_are_those_of_the_tooltips(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection)
    at = open_screen("quality")
    listed = next(each for each in html(at) if "fuse-definitions" in each)
    for definition in DEFINITIONS.values():
        assert f">{definition.name}</dt>" in listed
    helps = {each.label: each.help for each in at.metric}
    assert helps["Review rate"].startswith(DEFINITIONS["review_rate"].help)
    assert "1 of 1" in helps["Review rate"]
