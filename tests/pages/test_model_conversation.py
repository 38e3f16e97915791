"""What the language model saw and said, on the screens that show it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine, event, text
from streamlit.testing.v1 import AppTest

from app.auth import LOCAL_TENANT
from app.components.model_conversation import conversation_key
from db import usage
from db.model_calls import Called
from tests.app.stored_calls import QUESTION, RULES, call, talked_about
from tests.db.store import reviewable
from tests.pages.conftest import Opens, html

EVIL = "<script>alert(1)</script> ![x](http://evil.example/x.png) **b** </code></dl>"


def add(store: Engine, *calls: Called, silent: bool = False) -> str:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        if not silent:
            talked_about(connection, doc_id, *calls)
    return doc_id


def unfold(at: AppTest, doc_id: str) -> AppTest:
    at.session_state[conversation_key(doc_id)] = True
    return at.run()


def labels(at: AppTest) -> list[str]:
    return [each.label for each in at.expander if each.label != "Comments"]


def codes(at: AppTest) -> list[str]:
    return [str(each.value) for each in at.code]


@pytest.mark.parametrize("screen", ["review", "document"])
def test_without_calls_nothing_speaks_of_a_model(open_screen: Opens, store: Engine, screen: str) -> None:
    at = open_screen(screen, doc=add(store, silent=True))
    assert labels(at) == []
    assert not at.exception


@pytest.mark.parametrize("screen", ["review", "document"])
def test_each_call_shows_its_answer_and_what_it_took(open_screen: Opens, store: Engine, screen: str) -> None:
    doc_id = add(store)
    at = unfold(open_screen(screen, doc=doc_id), doc_id)
    assert not at.exception
    assert not at.error
    assert labels(at) == ["What the language model saw and said (2 calls)"]
    assert any("stand for the real ones" in each.value for each in at.caption)
    offered, asked = codes(at)
    assert '"get_gold_examples"' in offered
    assert asked.splitlines()[1] == '  "name": "Jordan Blake",'
    shown = "".join(html(at))
    for expected in ("1. Extraction: offered examples", "Asked for the tool get_gold_examples.",
                     "2. Tool: get_gold_examples", "The model called it.", "limit 2", "2 examples",
                     "3. Extraction: asked for the values", "llama3.2:3b", "extraction, version 2",
                     "2,140 in, 212 out", "5.2 s", "$0.0011", "ab" * 32):  # fmt: skip
        assert expected in shown, expected


def test_the_document_and_the_rules_are_apart(open_screen: Opens, store: Engine) -> None:
    doc_id = add(store, call())
    at = unfold(open_screen("review", doc=doc_id), doc_id)
    [which] = [each for each in at.button_group if each.label == "Which text"]
    assert which.options == ["Answer", "Question and document", "Rules"]
    assert codes(which.set_value("Question and document").run()) == [QUESTION]
    assert codes(which.set_value("Rules").run()) == [RULES]


def test_texts_are_loaded_only_when_they_are_asked_for(open_screen: Opens, store: Engine) -> None:
    doc_id = add(store)
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if "llm_calls" in statement or "tool_usage_logs" in statement:
            asked.append(statement)

    event.listen(store, "before_cursor_execute", note)
    try:
        at = open_screen("review", doc=doc_id)
        assert [bool(re.search(r"count\(", each)) for each in asked] == [True]
        assert codes(at) == []
        unfold(at, doc_id)
        assert any("prompt" in each for each in asked)
    finally:
        event.remove(store, "before_cursor_execute", note)


@pytest.mark.parametrize("answer", [EVIL, f'{{"name": "{EVIL}"}}', None])
def test_what_strangers_wrote_is_shown_as_text(open_screen: Opens, store: Engine, answer: str | None) -> None:
    prompt = [{"role": "system", "content": EVIL}, {"role": "user", "content": EVIL}]
    tools = [] if answer else [{"name": EVIL, "arguments": {EVIL: EVIL}}]
    doc_id = add(store, call(prompt=prompt, answer=answer, tool_calls=tools, model=EVIL, template=EVIL, outcome="ok"))
    at = unfold(open_screen("review", doc=doc_id), doc_id)
    assert not at.exception
    assert not at.error
    assert not any("<script" in each for each in html(at))
    assert any("&lt;script&gt;" in each and "&lt;/dl&gt;" in each for each in html(at))
    assert "<script>" in codes(at)[0], "in a block of code it is text"
    for each in (*at.markdown, *at.caption, *at.expander, *at.button_group):
        assert "<script" not in f"{getattr(each, 'value', '')} {getattr(each, 'label', '')}"


def test_a_failed_call_says_how_and_shows_what_was_asked(open_screen: Opens, store: Engine) -> None:
    doc_id = add(store, call(answer=None, prompt_tokens=None, answer_tokens=None, usd=0.0, outcome="llm_slow"))
    at = unfold(open_screen("review", doc=doc_id), doc_id)
    shown = "".join(html(at))
    assert "No answer from the model within the time limit." in shown
    assert "– in, – out" in shown
    assert "Cost" not in shown
    assert codes(at) == [QUESTION]


def test_one_documents_calls_are_not_anothers(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        talked, silent = reviewable(connection, b"a"), reviewable(connection, b"b")
        talked_about(connection, talked)
    at = unfold(open_screen("review", doc=talked), talked)
    at.query_params["doc"] = silent
    at.run()
    assert (labels(at), codes(at)) == ([], [])


def test_the_newest_run_comes_first_and_within_it_the_order_is_that_of_time(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        talked_about(connection, doc_id, call(prompt_hash="1" * 64), generation=1)
        connection.execute(text("UPDATE llm_calls SET created_at = created_at - interval '1 h'"))
        talked_about(connection, doc_id, generation=2)
    at = unfold(open_screen("review", doc=doc_id), doc_id)
    titles = [found[1] for each in html(at) if (found := re.search(r"fuse-strong\">(\d\. [^<]*)", each))]
    assert titles == [
        "1. Extraction: offered examples",
        "2. Tool: get_gold_examples",
        "3. Extraction: asked for the values",
        "4. Extraction: asked for the values",
    ]
    runs = re.findall(r"<dt>Run</dt><dd>(\d)</dd>", "".join(html(at)))
    assert runs == ["2", "2", "1"]


def test_quality_tells_what_the_model_has_cost(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection)
        usage.record(connection, LOCAL_TENANT, 12_000, 340, 1.5)
    shown = {each.label: each.value for each in open_screen("quality").metric}
    assert {name: shown[name] for name in ("Calls", "Tokens read", "Tokens written", "Cost")} == {
        "Calls": "1",
        "Tokens read": "12,000",
        "Tokens written": "340",
        "Cost": "$1.50",
    }


def test_quality_is_silent_about_a_model_that_was_not_used(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection)
    at = open_screen("quality")
    assert "Cost" not in {each.label for each in at.metric}
    assert "Language model" not in {each.value for each in at.subheader}
