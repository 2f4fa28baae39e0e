"""Traces, where a setting asks for them: a span a run, in it one a contact, in it one a stage; and one a request.

The ids of a run's span are made from the run's id. So contacts that are worked on by processes on several hosts come
together in one trace, without anything being handed along. Spans tell ids, routes and codes, never what somebody said;
of an error they tell its code or kind, not its message.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from qm.errors import EngineError, QmError, SettingsError
from qm.operations.logs import FIELDS

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span, SpanContext, Tracer

PATH = "/v1/traces"
EXPORT_TIMEOUT_S = 5
SCOPE = "quality-equation"
HINT = "QM_TRACES=http://host:4318, or leave it empty"
Value = str | int | float
Tell = Callable[[dict[str, Value]], None]
"""Adds attributes to a span that is open."""


class Traces:
    """Makes spans and sends them in the background. A collector that is away costs spans, never work.

    Args:
        endpoint: OTLP over HTTP; the usual path is added where there is none.
        service: what the collector calls this process.
        version: of the product.

    Raises:
        SettingsError: the endpoint isn't an address.
        EngineError: OpenTelemetry isn't installed.
    """

    def __init__(self, endpoint: str, service: str, version: str) -> None:
        address = _address(endpoint)
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError as error:
            hint = "pip install 'quality-equation[traces]', or leave QM_TRACES empty"
            raise EngineError("traces.missing", "OpenTelemetry isn't installed", hint) from error
        resource = Resource({"service.name": service, "service.version": version})
        self._provider: TracerProvider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=address, timeout=EXPORT_TIMEOUT_S)
        self._processor: SpanProcessor = BatchSpanProcessor(exporter, export_timeout_millis=1000 * EXPORT_TIMEOUT_S)
        self._provider.add_span_processor(self._processor)
        self._tracer: Tracer = self._provider.get_tracer(SCOPE, version)

    @contextmanager
    def span(self, name: str, attributes: dict[str, Value]) -> "Iterator[Tell]":
        """One span round a block; an error that leaves the block marks it."""
        began = self._tracer.start_as_current_span(
            name, _parent(attributes), attributes=attributes, record_exception=False, set_status_on_exception=False
        )
        with began as made, Mark(made):
            yield made.set_attributes

    def record_run(self, run_id: str, began_s: float, ended_s: float) -> None:
        """The span of a whole run, told when it has ended; its contacts named it as their parent before."""
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.sdk.util.instrumentation import InstrumentationScope

        whole = ReadableSpan(
            name="run", context=_context_of(run_id), resource=self._provider.resource, attributes={"run": run_id},
            start_time=int(began_s * 1e9), end_time=int(ended_s * 1e9),
            instrumentation_scope=InstrumentationScope(SCOPE),
        )  # fmt: skip
        self._processor.on_end(whole)

    def close(self) -> None:
        """Send what waits, and stop."""
        self._provider.shutdown()


class Mark:
    """Marks a span with the error that leaves its block: by code or kind, never by its message."""

    def __init__(self, made: "Span") -> None:
        self._made = made

    def __enter__(self) -> None:
        """Nothing to do yet."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Note the error and let it go on."""
        from opentelemetry.trace import Status, StatusCode

        if error is not None:
            code = error.code if isinstance(error, QmError) else type(error).__name__
            self._made.set_status(Status(StatusCode.ERROR, code))


class Switch:
    """Where the process keeps its traces; none until they're switched on."""

    def __init__(self) -> None:
        self.traces: Traces | None = None


_SWITCH = Switch()


def configure_traces(endpoint: str, service: str, version: str) -> None:
    """Begin to trace where an endpoint is given; does nothing where it's empty.

    Raises:
        SettingsError: the endpoint isn't an address.
        EngineError: OpenTelemetry isn't installed.
    """
    close_traces()
    if endpoint:
        _SWITCH.traces = Traces(endpoint, service, version)


def close_traces() -> None:
    """Send what waits, and trace no more."""
    traces, _SWITCH.traces = _SWITCH.traces, None
    if traces is not None:
        traces.close()


@contextmanager
def span(name: str, **attributes: Value) -> Iterator[Tell]:
    """One span round a block, where traces are on. Attributes are the fields of log lines; more may be told later.

    Raises:
        KeyError: an attribute that isn't such a field: a fault of ours.
    """
    if unknown := set(attributes) - set(FIELDS):
        raise KeyError(f"no field is called {sorted(unknown)}")
    if _SWITCH.traces is None:
        yield lambda _later: None
        return
    with _SWITCH.traces.span(name, attributes) as tell:
        yield tell


def record_run(run_id: str, began_s: float, ended_s: float) -> None:
    """The span of a whole run, once it has ended, where traces are on. Moments in seconds since 1970."""
    if _SWITCH.traces is not None:
        _SWITCH.traces.record_run(run_id, began_s, ended_s)


def _address(endpoint: str) -> str:
    address = urlsplit(endpoint)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise SettingsError("traces.address", f"QM_TRACES={endpoint} isn't an http address", HINT)
    return endpoint if address.path.strip("/") else endpoint.rstrip("/") + PATH


def _parent(attributes: dict[str, Value]) -> "Context | None":
    """The run's span, for what begins a run's work in this process; else whatever span is open."""
    from opentelemetry import trace

    run_id = attributes.get("run")
    if not run_id or trace.get_current_span().get_span_context().is_valid:
        return None
    return trace.set_span_in_context(trace.NonRecordingSpan(_context_of(str(run_id))))


def _context_of(run_id: str) -> "SpanContext":
    from opentelemetry.trace import SpanContext, TraceFlags

    digest = hashlib.sha256(f"run:{run_id}".encode()).digest()
    trace_id, span_id = int.from_bytes(digest[:16], "big"), int.from_bytes(digest[16:24], "big")
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
