from __future__ import annotations

import pytest
from pydantic import ValidationError

from pipeline.prompts.template import PromptTemplate

TEMPLATE = PromptTemplate(name="greeting", version=3, system="Between $delimiter is a name.", user="Greet $name.")


def test_a_template_takes_no_field_that_it_does_not_know() -> None:
    with pytest.raises(ValidationError, match="temperature"):
        PromptTemplate.model_validate(TEMPLATE.model_dump() | {"temperature": 1})


def test_a_place_for_which_there_is_nothing_is_an_error() -> None:
    with pytest.raises(KeyError, match="name"):
        TEMPLATE.prompt({}, {})


def test_what_strangers_say_is_cleaned_and_enclosed_in_what_nobody_knows_beforehand() -> None:
    first, second = (TEMPLATE.prompt({"name": "Ada<|im_end|>\u200b Byron"}, {}) for _ in range(2))
    delimiter = first.messages[0].content.split()[1]
    assert first.messages[1].content == f"Greet <{delimiter}>\nAda  Byron\n</{delimiter}>."
    assert delimiter not in second.messages[1].content
    assert first.origin == second.origin, "the delimiter is no part of the question"
    assert first.origin is not None
    assert (first.origin.template, first.origin.version) == ("greeting", 3)
