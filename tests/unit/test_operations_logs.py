"""Log lines hold events and allowed fields, nothing else, in both forms, from libraries as well."""

import ast
import io
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.config import REPOSITORY
from qm.operations.log_lines import as_json, as_text
from qm.operations.logs import FIELDS, OwnHandler, configure_logs, log

LEVELS = {"debug", "info", "warning", "error"}
PACKAGES = ("qm", "models", "pipelines", "api")
SOURCES = [
    (path, text) for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py")
    if "log." in (text := path.read_text(encoding="utf-8"))
]  # fmt: skip


@pytest.fixture
def lines():
    """Configure, and read what was written since."""
    stream = io.StringIO()

    def configure(form="text", level="info"):
        configure_logs(form, level, stream)
        return lambda: stream.getvalue().splitlines()

    root, before = logging.getLogger(), logging.getLogger().level
    yield configure
    root.handlers = [handler for handler in root.handlers if not isinstance(handler, OwnHandler)]
    root.setLevel(before)


def test_a_line_for_people_tells_time_level_event_and_fields(lines):
    written = lines()
    log.info("contact.done", contact="C 1", seconds=1.23456)
    (line,) = written()
    assert line.split()[0].endswith("Z")
    assert line.split()[1:3] == ["INFO", "contact.done"]
    assert line.endswith('contact="C 1" seconds=1.235')


def test_a_line_for_machines_is_one_json_object(lines):
    written = lines("json")
    with log.bound(run="r1"):
        log.warning("database.away", attempt=3, wait_s=4.0)
    document = json.loads(written()[0])
    assert list(document)[:3] == ["at", "level", "event"]
    assert document | {"at": ""} == {
        "at": "", "level": "warning", "event": "database.away", "run": "r1", "attempt": 3, "wait_s": 4.0
    }  # fmt: skip


def test_what_is_bound_ends_with_its_block(lines):
    written = lines("json")
    with log.bound(run="r1"), log.bound(contact="C-1"):
        log.info("stage.done")
    log.info("worker.idle")
    assert [sorted(json.loads(line)) for line in written()] == [
        ["at", "contact", "event", "level", "run"], ["at", "event", "level"],
    ]  # fmt: skip


def test_fields_that_are_not_allowed_are_left_out_and_named(lines):
    written = lines()
    log.info("contact.done", customer="Mario Rossi", contact="C-1")
    assert "Mario" not in written()[0]
    assert "dropped=customer" in written()[0]


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_unforeseen_error_tells_kind_and_place_but_not_its_message(lines, form):
    written = lines(form)
    try:
        raise ValueError("il mio codice fiscale è RSSMRA80A01H501U")
    except ValueError as error:
        log.error("worker.failed", error)
        logging.getLogger("library").exception("it broke")
    assert len(written()) == 2
    for line in written():
        assert "RSSMRA" not in line
        assert "ValueError" in line
        assert "test_operations_logs.py:" in line


def test_libraries_write_through_the_same_place_and_are_quiet(lines):
    written = lines("json")
    logging.getLogger("alembic.runtime.migration").info("Running upgrade")
    logging.getLogger("uvicorn.error").info("Started server process")
    logging.getLogger("ray").warning("a node is gone")
    (document,) = [json.loads(line) for line in written()]
    assert (document["event"], document["logger"]) == ("a node is gone", "ray")


def test_a_library_with_a_place_of_its_own_is_brought_in(lines, monkeypatch):
    library, own = logging.getLogger("ray"), io.StringIO()
    monkeypatch.setattr(library, "handlers", [logging.StreamHandler(own)])
    monkeypatch.setattr(library, "propagate", False)
    written = lines()
    library.warning("a node is gone")
    assert (len(written()), own.getvalue()) == (1, "")


def test_the_level_decides(lines):
    written = lines(level="error")
    log.warning("database.away")
    log.error("api.failed")
    assert len(written()) == 1


def test_configured_twice_writes_once(lines):
    lines()
    written = lines()
    log.info("worker.idle")
    assert len(written()) == 1


@given(value=st.text(), event=st.text())
def test_whatever_a_value_holds_a_line_stays_one_line(value, event):
    told = {"at": "2026-11-22T03:00:00Z", "level": "info", "event": event, "reason": value}
    assert len(as_text(None, "", dict(told)).splitlines()) <= 1
    assert json.loads(as_json(None, "", dict(told))) == told
    assert len(as_json(None, "", dict(told)).splitlines()) == 1


def _log_calls():
    for path, text in SOURCES:
        for node in ast.walk(ast.parse(text)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "log":
                yield f"{path.relative_to(REPOSITORY)}:{node.lineno}", node


def test_every_line_of_the_product_has_a_named_event_and_allowed_fields():
    calls = list(_log_calls())
    assert len(calls) > 5
    for place, call in calls:
        assert isinstance(call.func, ast.Attribute)
        assert {keyword.arg for keyword in call.keywords if keyword.arg} <= set(FIELDS), place
        if call.func.attr in LEVELS:
            first = call.args[0]
            assert isinstance(first, ast.Constant), f"{place}: an event is a constant, values are fields"


def test_every_event_is_documented():
    page = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    events = {call.args[0].value for _place, call in _log_calls() if call.func.attr in LEVELS}  # type: ignore[attr-defined]
    assert {event for event in events if f"`{event}`" not in page} == set()
