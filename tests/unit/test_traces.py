"""Traces arrive at a real receiver: a small server that reads OTLP's protobuf."""

import queue
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from qm.errors import EngineError, RecordingError, SettingsError
from qm.operations import traces
from qm.operations.scope import working_on
from qm.operations.traces import close_traces, configure_traces, record_run, span


class Receiver:
    """Collects spans by name, with attributes and parents as hexadecimal ids."""

    def __init__(self):
        pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra `traces` isn't installed")
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        arrived = self.arrived = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    import gzip

                    body = gzip.decompress(body)
                arrived.put((self.path, ExportTraceServiceRequest.FromString(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_args):
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def spans(self):
        found = []
        while not self.arrived.empty():
            path, request = self.arrived.get()
            assert path == "/v1/traces"
            for resource in request.resource_spans:
                service = {item.key: item.value.string_value for item in resource.resource.attributes}["service.name"]
                found += [(service, each) for scope in resource.scope_spans for each in scope.spans]
        return found

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    close_traces()
    receiver.close()


def attributes(each):
    return {item.key: item.value.string_value or item.value.int_value for item in each.attributes}


def test_run_contact_and_stage_meet_in_one_trace_from_two_processes(receiver):
    configure_traces(receiver.address, "first", "1")
    with working_on("C-1", "run7"), span("stage", stage="score"):
        pass
    configure_traces(receiver.address, "second", "1")  # what another process would do; the first sends what waits
    with working_on("C-2", "run7"):
        pass
    record_run("run7", 1000.0, 1060.5)
    close_traces()
    spans = receiver.spans()
    by_name = {}
    for service, each in spans:
        by_name.setdefault(each.name, []).append((service, each))
    ((_service, run),) = by_name["run"]
    assert (run.end_time_unix_nano - run.start_time_unix_nano) / 1e9 == pytest.approx(60.5)
    assert not run.parent_span_id
    contacts = {attributes(each)["contact"]: (service, each) for service, each in by_name["contact"]}
    assert {name: service for name, (service, _each) in contacts.items()} == {"C-1": "first", "C-2": "second"}
    for _service, each in contacts.values():
        assert (each.trace_id, each.parent_span_id) == (run.trace_id, run.span_id)
    ((_service, stage),) = by_name["stage"]
    assert stage.parent_span_id == contacts["C-1"][1].span_id
    assert attributes(stage) == {"stage": "score"}


@pytest.mark.parametrize(
    ("error", "said"),
    [(RecordingError("recording.truncated", "Mario Rossi's call is cut off"), "recording.truncated"),
     (ValueError("RSSMRA80A01H501U"), "ValueError")],
    ids=["foreseen", "unforeseen"],
)  # fmt: skip
def test_an_error_leaves_its_code_or_kind_and_no_message(receiver, error, said):
    configure_traces(receiver.address, "worker", "1")
    with pytest.raises(type(error)), working_on("C-1", ""):
        raise error
    close_traces()
    ((_service, each),) = receiver.spans()
    assert (each.status.code, each.status.message) == (2, said)
    assert "Mario" not in str(each)
    assert "RSSMRA" not in str(each)


def test_what_is_told_later_is_sent_as_well(receiver):
    configure_traces(receiver.address + "/v1/traces", "api", "1")
    with span("request", method="GET") as tell:
        tell({"route": "/contacts/{contact_id}", "status": 200})
    close_traces()
    ((_service, each),) = receiver.spans()
    assert attributes(each) == {"method": "GET", "route": "/contacts/{contact_id}", "status": 200}


def test_nothing_is_asked_for_nothing_is_sent(receiver):
    configure_traces("", "worker", "1")
    with working_on("C-1", "run7"), span("stage", stage="score") as tell:
        tell({"count": 1})
    record_run("run7", 1.0, 2.0)
    close_traces()
    assert receiver.spans() == []


def test_a_field_that_is_not_known_is_a_fault_of_ours():
    with pytest.raises(KeyError, match="customer"), span("contact", customer="x"):
        pass


def test_a_collector_that_is_away_costs_no_work(receiver, caplog, monkeypatch):
    monkeypatch.setattr(traces, "EXPORT_TIMEOUT_S", 0.2)
    address = receiver.address
    receiver.close()
    configure_traces(address, "worker", "1")
    with working_on("C-1", "run7"):
        worked = True
    close_traces()
    assert worked


@pytest.mark.parametrize("address", ["collector:4318", "ftp://collector", "http://", "4318"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(SettingsError) as refused:
        configure_traces(address, "worker", "1")
    assert refused.value.code == "traces.address"


def test_a_missing_extra_is_named(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(EngineError) as missing:
        configure_traces("http://127.0.0.1:4318", "worker", "1")
    assert missing.value.code == "traces.missing"
    assert "quality-equation[traces]" in missing.value.hint
