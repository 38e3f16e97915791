"""The prompt that lets a model ask for gold examples before it sees a document. No stranger's text stands in it."""

from __future__ import annotations

from pipeline.doctypes.definition import DocType
from pipeline.engines.protocol import Prompt, Tool
from pipeline.prompts.template import PromptTemplate

EXAMPLE_REQUEST = PromptTemplate(
    name="example_request",
    version=1,
    system="""You prepare to copy fields out of a document of a known type into JSON. You may look at examples first:
what people found right on other documents of the type. Call get_gold_examples once, with the type and how many you
want.
Call no other function and answer nothing else.""",
    user="""The type: $name ($label). The fields: $fields.""",
)
_MOST_TOKENS = 128


def example_request(doc_type: DocType, tool: Tool) -> Prompt:
    """The prompt that offers the tool.

    Args:
        doc_type: of the document that comes next.
        tool: `get_gold_examples`.
    """
    fields = ", ".join(spec.name for spec in doc_type.fields)
    words = {"name": doc_type.name, "label": doc_type.label, "fields": fields}
    return EXAMPLE_REQUEST.prompt({}, words, most_tokens=_MOST_TOKENS, tools=(tool,))
