"""What OpenAPI says is so: no answer that it doesn't name, none with 5xx, whatever is sent.

New routes are taken in by themselves. Needs schemathesis; without it only the shape of the document is checked.
"""

from importlib.util import find_spec

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qm.domain.people import Role

LEFT_OUT = ("/metrics", *([] if find_spec("pyarrow") else ["/api/v1/export/contacts.parquet"]))
"""Without pyarrow that one says 503."""
EXAMPLES = 5
"""A route and role: about a minute together."""


@pytest.fixture(scope="module")
def fuzzed(sample, tmp_path_factory):
    settings = sample.settings_of(tmp_path_factory.mktemp("fuzz"))
    sample.fill(settings)
    app = create_app(settings)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield app, {role: sample.bearer(client, role) for role in ROLES}


def operations(document):
    return [(path, method, told) for path, methods in document["paths"].items() for method, told in methods.items()]


def test_every_operation_says_what_it_does_and_answers(app):
    found = operations(app.openapi())
    assert len(found) > 40
    for path, method, told in found:
        assert told.get("summary"), (method, path)
        assert any(status.startswith("2") for status in told["responses"]), (method, path)
        if path.startswith("/api/"):
            assert told["responses"].keys() >= {"401", "403", "422"}, (method, path)


ROLES = (Role.ANALYST, Role.ADMIN, Role.SERVICE)


@pytest.mark.parametrize("role", ROLES)
def test_whatever_is_sent_the_answer_is_documented(fuzzed, role):
    schemathesis = pytest.importorskip("schemathesis")
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis import checks

    app, headers = fuzzed
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, headers={"host": "127.0.0.1"})
    wanted = [checks.not_a_server_error, checks.status_code_conformance, checks.response_schema_conformance]
    tried, failed = 0, {}
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path.startswith(LEFT_OUT):
            continue

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck), derandomize=True,
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case):
            case.call_and_validate(base_url="http://127.0.0.1", headers=headers[role], checks=wanted)

        try:
            ask()
        except Exception as failure:  # noqa: BLE001 - all that is wrong is told at once
            failed[f"{operation.method} {operation.path}"] = str(failure)[:600]
        tried += 1
    assert not failed, "\n\n".join(f"{name}: {text}" for name, text in failed.items())
    assert tried > 40
