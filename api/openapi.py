"""The API's description: what every route may answer beside its own, and what it really answered once."""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI

COMMON = {
    "304": "It's what `If-None-Match` names",
    "400": "Something that can't be used; nothing was changed",
    "401": "Nobody is signed in, or the token opens nothing",
    "403": "Without the right, or sent by another site's page",
    "404": "Nothing of that name, for whoever asks",
    "409": "It was changed meanwhile, or can't be done as it stands; nothing was changed",
    "413": "Longer than anybody needs",
    "422": "A parameter can't be used, or an `Idempotency-Key` was used for another request",
    "429": "More requests than are answered in a minute",
    "503": "Database, objects or an extra aren't there",
}
"""By status."""
READS, WRITES = frozenset({"get", "head"}), frozenset({"post", "put", "patch", "delete"})
KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "the same request again under the same key is done once, and answered the same for 24 hours",
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[ -~]+$"},
    "example": "0e7b5c1e-6a7e-4f0e-9d27-5f4a6f7c2c11",
}  # fmt: skip
EXAMPLES = Path(__file__).with_name("examples.json")
"""Answers of the sample site by operation; tests/routes/test_api_examples.py records them."""
NO_KEY = frozenset({"/api/v1/tokens", "/api/v1/hooks"})
ENVELOPE = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorEnvelope"}}}


def install(app: FastAPI) -> None:
    """Let the application describe itself with what all routes share."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(plain())
        return plain()

    app.openapi = whole  # type: ignore[method-assign]  # as the framework documents it


def _complete(document: dict[str, Any]) -> None:
    _show(document["paths"], document["components"]["schemas"])
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            _answer(told["responses"], is_read=method in READS)
            if method in WRITES and path.startswith("/api/v1/") and path not in NO_KEY:
                told.setdefault("parameters", []).append(KEY)


def _answer(answers: dict[str, Any], *, is_read: bool) -> None:
    for status, meaning in COMMON.items():
        if status != "304" and "ErrorEnvelope" not in str(answers.get(status)):
            answers[status] = {"description": meaning, "content": ENVELOPE}
    if is_read:
        answers.setdefault("304", {"description": COMMON["304"]})


def _show(paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Put an example to every answer in JSON or CSV: the operation's own, else one of the same schema."""
    known = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    contents = {
        f"{method.upper()} {path}": content
        for path, methods in paths.items() for method, operation in methods.items()
        for status, told in operation["responses"].items() if status.startswith("2")
        for content in told.get("content", {}).values() if content.get("schema")
    }  # fmt: skip
    alike = {
        str(contents[key]["schema"]): value for key, value in known.items()
        if key in contents and not isinstance(value, str)
    }  # fmt: skip
    for key, content in contents.items():
        named = schemas.get(content["schema"].get("$ref", "").rpartition("/")[2], {})
        example = known.get(key, alike.get(str(content["schema"]), named.get("example")))
        if example is not None:
            content.setdefault("example", example)
