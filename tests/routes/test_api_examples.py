"""Examples in the API's description are what the sample site answers, and fit what the description promises.

`UPDATE_EXAMPLES=1 pytest tests/routes/test_api_examples.py` records them anew.
"""

import json
import os
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest

from api.openapi import EXAMPLES
from qm.domain.people import RIGHTS, Right, Role
from tests.routes.matrix_site import made_site
from tests.routes.rights_table import FORM, ROWS, SCOPES, WHOLE, login_of

LONGEST = 100
"""Characters of a text that an example shows. Of long lists it shows one or two items; pairs stay pairs."""
SECRET = ("secret", "token")
KINDS = ("application/json", "text/csv", "text/plain")
OPERATIONS = ("get", "post", "put", "patch", "delete")
COLLEAGUE = "luca"
FORM_ID = FORM.partition("=")[2]


@pytest.fixture(scope="module")
def site(sample, tmp_path_factory):
    with made_site(sample, tmp_path_factory.mktemp("examples"), [login_of(Role.ANALYST, WHOLE), COLLEAGUE]) as made:
        yield made


@pytest.fixture(scope="module")
def document(site):
    return site.client.get("/openapi.json").json()


def answered(document):
    """Every operation that answers in JSON or as a table, with the schema of its answer."""
    for path, methods in document["paths"].items():
        for method in OPERATIONS:
            for status, told in methods.get(method, {}).get("responses", {}).items():
                for kind in KINDS:
                    content = told.get("content", {}).get(kind, {})
                    if status.startswith("2") and content.get("schema"):
                        yield f"{method.upper()} {path}", content


def shortened(value):
    if isinstance(value, dict):
        return {name: f"{each[:6]}…" if name in SECRET else shortened(each) for name, each in value.items()}
    if isinstance(value, list):
        most = 1 if len(value) > 2 and isinstance(value[0], dict) else 2 if len(value) > 3 else 3
        return [shortened(each) for each in value[:most]]
    if isinstance(value, str) and value.count("\r\n") > 1:
        return "".join(value.splitlines(keepends=True)[:2])
    if isinstance(value, str) and len(value) > LONGEST:
        return value[: LONGEST - 1] + "…"
    return value


def recorded(site):
    """What the matrix's routes answer to whoever may ask, and a few ways through what it only knocks at."""
    found = {}
    for (method, path), row in ROWS.items():
        if method == "GET" and row.status == 200 and (path.startswith("/api/") or path in ("/healthz", "/readyz")):
            role = next((r for r in Role if row.right in RIGHTS[r]), Role.ANALYST)
            site.enter(role, WHOLE)
            told = site.ask(method, path, row)
            kind = told.headers["content-type"].partition(";")[0]
            if kind in KINDS:
                found[f"GET {path.replace(':path', '')}"] = told.json() if kind == KINDS[0] else told.text
    return {key: shortened(value) for key, value in (found | ways(site)).items()}


def ways(site):
    found = {}

    def ask(role, method, path, body=None, **names):
        site.enter(role, WHOLE)
        address = path
        for name, value in names.items():
            address = address.replace(f"{{{name}}}", value)
        told = site.client.request(method, address, json=body, follow_redirects=False)
        assert told.status_code < 300, (method, address, told.text)
        is_json = told.headers["content-type"].startswith(KINDS[0])
        found[f"{method} {path}"] = told.json() if is_json else told.text
        return found[f"{method} {path}"]

    due = (datetime.now(UTC).date() + timedelta(days=10)).isoformat()
    site.sample.sign_in(site.client, Role.ANALYST, SCOPES[WHOLE], "", login=COLLEAGUE)
    queue(ask)
    sessions(ask, due)
    hooks(ask)
    kept = ask(Role.ANALYST, "POST", "/api/v1/search/saved", {"name": "disdette", "q": "registrata", "alerts": True})
    ask(Role.ANALYST, "GET", "/api/v1/search/saved/{search_id}", search_id=kept["id"])
    ask(Role.SERVICE, "POST", "/api/v1/surveys", [])
    answers = "/api/v1/calibration/sessions/{session_id}/answers"
    ask(Role.ANALYST, "POST", answers, {"answers": []}, session_id=site.open)
    ask(Role.ANALYST, "POST", "/api/v1/tokens", {"name": "x", "rights": [Right.CONTACT_READ.value], "days": 30})
    return found


def queue(ask):
    plan = {
        "name": "novembre", "form_id": FORM_ID, "since": "2026-11-01", "until": "2026-11-30", "size": 2,
        "analysts": {login_of(Role.ANALYST, WHOLE): 2},
    }  # fmt: skip
    ask(Role.ANALYST, "POST", "/api/v1/queues/preview", plan)
    made = ask(Role.ANALYST, "POST", "/api/v1/queues", plan)
    of = {"queue_id": made["id"]}
    for path in ("/api/v1/queues/{queue_id}", "/api/v1/queues/{queue_id}/assignments", "/api/v1/queue"):
        ask(Role.ANALYST, "GET", path, **of)
    contact = ask(Role.ANALYST, "GET", "/api/v1/queues/{queue_id}/assignments", **of)["items"][0]["contact_id"]
    other = {"contact_id": contact, "withdraw": True}
    ask(Role.ANALYST, "GET", "/api/v1/queues/{queue_id}/assignments.csv", **of)
    ask(Role.ANALYST, "POST", "/api/v1/queues/{queue_id}/change", other, **of)
    over = {"from": login_of(Role.ANALYST, WHOLE), "to": COLLEAGUE}
    ask(Role.ANALYST, "POST", "/api/v1/queues/{queue_id}/hand-over", over, **of)
    ask(Role.ANALYST, "POST", "/api/v1/queues/{queue_id}/withdraw", **of)


def sessions(ask, due):
    (row, *_rest) = ask(Role.SUPERVISOR, "GET", "/api/v1/coaching")["items"]
    ask(Role.SUPERVISOR, "GET", "/api/v1/coaching/clips/{item_id}", item_id=row["item"]["id"])
    plan = {"item": row["item"]["id"], "goal": "identificare sempre il cliente", "due": due, "target": 0.9}
    made = ask(Role.SUPERVISOR, "POST", "/api/v1/coaching/sessions", plan)
    path, of = "/api/v1/coaching/sessions/{session_id}/{step}", {"session_id": made["session"]["id"], "step": "held"}
    ask(Role.SUPERVISOR, "POST", path, {"version": 1, "text": "lo chiedo"}, **of)
    ask(Role.SUPERVISOR, "GET", "/api/v1/coaching/sessions")


def hooks(ask):
    made = ask(Role.ADMIN, "POST", "/api/v1/hooks", {"url": "https://93.184.216.34/x", "events": ["contact.done"]})
    of = {"hook_id": made["id"]}
    ask(Role.ADMIN, "POST", "/api/v1/hooks/{hook_id}/test", **of)
    told = ask(Role.ADMIN, "GET", "/api/v1/hooks/{hook_id}/deliveries", **of)
    again = {**of, "delivery_id": told["items"][0]["id"]}
    ask(Role.ADMIN, "POST", "/api/v1/hooks/{hook_id}/deliveries/{delivery_id}/resend", **again)
    for step in ("pause", "resume"):
        ask(Role.ADMIN, "POST", f"/api/v1/hooks/{{hook_id}}/{step}", **of)
    ask(Role.ADMIN, "GET", "/api/v1/hooks")


def test_every_operation_shows_what_it_answers(site, document):
    if os.environ.get("UPDATE_EXAMPLES"):
        told = json.dumps(recorded(site), ensure_ascii=False, indent=1, sort_keys=True)
        EXAMPLES.write_text(told + "\n", encoding="utf-8")
    without = [key for key, content in answered(document) if "example" not in content]
    assert without == []


def test_every_body_shows_what_is_sent(document):
    schemas = document["components"]["schemas"]
    without = []
    for path, methods in document["paths"].items():
        for method in OPERATIONS:
            body = methods.get(method, {}).get("requestBody", {}).get("content", {}).get("application/json")
            if body:
                named = schemas.get(body["schema"].get("$ref", "").rpartition("/")[2], {})
                shown = "example" in body or "example" in body["schema"] or "example" in named
                without += [] if shown else [f"{method.upper()} {path}"]
    assert without == []


def test_examples_are_as_the_description_says(document):
    wrong = []
    for key, content in answered(document):
        schema = {**content["schema"], "components": document["components"]}
        faults = [
            fault.message[:120] for fault in jsonschema.Draft202012Validator(schema).iter_errors(content["example"])
        ]
        wrong += [(key, faults[0])] if faults else []
    assert wrong == []


def test_no_example_is_of_a_route_that_is_gone(document):
    known = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    recorded_ones = set(json.loads(EXAMPLES.read_text(encoding="utf-8")))
    assert recorded_ones - known == set()
