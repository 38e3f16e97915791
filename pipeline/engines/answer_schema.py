"""What a model must answer for a document type: a pydantic model, and the JSON schema of it that servers honour.

Ollama and llama.cpp silently ignore number ranges, unanchored patterns and `not`, and stumble over inline `allOf`: the
schema has only objects, arrays with a length, strings, null and enums, without references. Values are asked for as they
are printed, so that they can be found on the page; they are made dates and numbers here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec
from pipeline.engines.legible import legible

MOST_ROWS = 200
"""Of a table: a grammar without an end lets a model go on for ever."""
_CONFIG = ConfigDict(extra="forbid", frozen=True)


def answer_model(doc_type: DocType) -> type[BaseModel]:
    """A model with every field of the type; None where the document does not have it.

    Args:
        doc_type: an extracted type.
    """
    return create_model(f"{doc_type.name}_answer", __config__=_CONFIG, **_members(doc_type.fields))


def type_model(names: Sequence[str]) -> type[BaseModel]:
    """A model of a classification: one of the types, and up to three phrases of the document that speak for it."""
    members: dict[str, Any] = {
        "document_type": (Literal[tuple(names)], ...),
        "evidence": (list[str], Field(max_length=3)),
    }
    return create_model("type_answer", __config__=_CONFIG, **members)


def types_model(names: Sequence[str], count: int) -> type[BaseModel]:
    """A model of several classifications in one answer: `document_1`, `document_2` and so on."""
    members: dict[str, Any] = {f"document_{n}": (type_model(names), ...) for n in range(1, count + 1)}
    return create_model("types_answer", __config__=_CONFIG, **members)


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON schema without references, titles and defaults."""
    schema = model.model_json_schema()
    flat = _flat(schema, schema.get("$defs", {}))
    assert isinstance(flat, dict)
    return flat


def _members(fields: Sequence[FieldSpec]) -> dict[str, Any]:
    return {spec.name: (_type_of(spec), ...) for spec in fields}


def _type_of(spec: FieldSpec) -> Any:
    match spec.kind:
        case FieldKind.CHOICE if not spec.choices_take_detail:
            return Literal[spec.choices] | None
        case FieldKind.TABLE:
            row = create_model(f"{spec.name}_row", __config__=_CONFIG, **_members(spec.columns))
            return list[row] | None  # type: ignore[valid-type]
        case _:
            return Annotated[str, AfterValidator(legible)] | None  # JSON's escapes can hide what no column holds


def _flat(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_flat(each, definitions) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _flat(definitions[node["$ref"].rpartition("/")[2]], definitions)
    kept = {key: value for key, value in node.items() if key not in ("title", "default", "$defs", "description")}
    if kept.get("type") == "array":
        kept.setdefault("maxItems", MOST_ROWS)
    if "const" in kept:
        kept = {"type": "string", "enum": [kept["const"]]}
    # A field may be called "title": what stands below "properties" are names, not keywords.
    properties = {name: _flat(each, definitions) for name, each in node.get("properties", {}).items()}
    flat = {key: _flat(value, definitions) for key, value in kept.items() if key != "properties"}
    return flat | ({"properties": properties} if properties else {})
