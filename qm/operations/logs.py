"""Log lines: an event, its fields, and nothing else.

`log.info("contact.done", contact="C-1", seconds=1.2)` writes one line to standard error, for people or as JSON. Which
fields there are is a closed list, so that no name, text or customer id can slip into a log: a field that isn't on it
is left out, and the line says so. Of an error that nobody foresaw its kind and place are told but not its message,
which may quote what somebody said.
"""

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

import structlog

from qm.operations.log_lines import as_json, as_text

FIELDS: dict[str, str] = {
    "run": "id of a run",
    "contact": "id of a contact",
    "stage": "stage of the flow",
    "worker": "id of a worker",
    "host": "host name of a worker",
    "pid": "process id",
    "executor": "in process, processes or ray",
    "state": "state that something is in now",
    "outcome": "what became of a contact",
    "code": "code of an error, see errors.md",
    "hint": "what to do about it",
    "reason": "why, one word",
    "attempt": "number of this attempt, from 1",
    "count": "how many",
    "waiting": "contacts that wait",
    "seconds": "how long it took",
    "wait_s": "seconds until the next attempt",
    "audio_s": "seconds of audio",
    "version": "version of the product",
    "schema": "revision of the database's schema",
    "signal": "signal that was received",
    "address": "address that is listened on or spoken to, without password",
    "part": "part of the product or of the site",
    "window": "begin of a day's window",
    "object": "SHA-256 of an object",
    "action": "kind of an audit event",
    "hook": "id of a webhook",
    "method": "HTTP method",
    "route": "route template, without ids",
    "status": "HTTP status",
    "error": "kind of an unforeseen error",
    "places": "files and lines of an unforeseen error",
    "logger": "library that wrote the line",
}
"""Every field that a line may have, and what it holds. Ids are the site's own; none of them is a person's."""
OWN = {"event", "level", "at", "dropped", "exc_info"}
QUIET = ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic", "urllib3", "asyncio", "multipart", "numba", "ray")
"""Libraries whose chatter below a warning isn't for an administrator."""
OWN_PLACES = ("uvicorn", "uvicorn.error", "uvicorn.access", "ray")
"""Libraries that would write their log to a place of their own."""
Event = MutableMapping[str, Any]


class Log:
    """Writes events. What is bound in a block stands in every line written inside it, in that thread."""

    def debug(self, event: str, **fields: object) -> None:
        """For whoever looks for a fault."""
        _LOGGER.debug(event, **fields)

    def info(self, event: str, **fields: object) -> None:
        """What happened, as it should."""
        _LOGGER.info(event, **fields)

    def warning(self, event: str, **fields: object) -> None:
        """Something heals by itself, or costs one contact."""
        _LOGGER.warning(event, **fields)

    def error(self, event: str, fault: BaseException | None = None, **fields: object) -> None:
        """Somebody has to do something.

        Args:
            fault: an unforeseen error; its kind and places are told.
        """
        _LOGGER.error(event, exc_info=fault, **fields)

    @contextmanager
    def bound(self, **fields: object) -> Iterator[None]:
        """Put fields into every line of a block."""
        with structlog.contextvars.bound_contextvars(**fields):
            yield


class OwnHandler(logging.StreamHandler[TextIO]):
    """Writes to the stream given, or to what is standard error at that moment: tests and services exchange it."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__(stream or sys.stderr)
        self._given = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = self._given or sys.stderr
        super().emit(record)


log = Log()
"""The one log of the product."""


def configure_logs(form: str, level: str, stream: TextIO | None = None) -> None:
    """Send every line, of libraries as well, to one place in one form. May be called again.

    Args:
        form: `text` for people, `json` for machines.
        level: least level: `debug`, `info`, `warning` or `error`.
        stream: standard error where not given.
    """
    handler = OwnHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_PROCESSORS,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                as_json if form == "json" else as_text,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [*(known for known in root.handlers if not isinstance(known, OwnHandler)), handler]
    root.setLevel(level.upper())
    hush_libraries(level)


def level_now() -> str:
    """The least level in force, for a process that is started to help this one."""
    return logging.getLevelName(logging.getLogger().getEffectiveLevel()).lower()


def hush_libraries(level: str) -> None:
    """Libraries say warnings only, unless somebody looks for a fault; their own handlers would write lines twice.

    To be called again after the import of a library that sets up its log while it's imported (Ray does).
    """
    for name in QUIET:
        logging.getLogger(name).setLevel("DEBUG" if level == "debug" else "WARNING")
    for name in OWN_PLACES:
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True


def keep_allowed(_logger: object, _method: str, event: Event) -> Event:
    """Leave out what isn't on the list, and say that something was left out."""
    dropped = sorted(key for key in event if key not in FIELDS and key not in OWN and not key.startswith("_"))
    for key in dropped:
        del event[key]
    if dropped:
        event["dropped"] = ",".join(dropped)
    return event


def _add_library(_logger: object, _method: str, event: Event) -> Event:
    record = event.get("_record")
    if record is not None and record.name not in {"qm", "api"}:
        event["logger"] = record.name
    return event


def _tell_fault(_logger: object, _method: str, event: Event) -> Event:
    """An error by its kind and places. Its message may hold what nobody may read in a log."""
    fault = event.pop("exc_info", None)
    if isinstance(fault, tuple):
        fault = fault[1]
    elif fault is True:
        fault = sys.exc_info()[1]
    if isinstance(fault, BaseException):
        event["error"] = type(fault).__name__
        event["places"] = _places(fault)
    return event


def _places(fault: BaseException) -> str:
    """The last files and lines that an error came through, the innermost last."""
    places = []
    at = fault.__traceback__
    while at is not None:
        file = at.tb_frame.f_code.co_filename.rsplit("/", 2)
        places.append(f"{'/'.join(file[-2:])}:{at.tb_lineno}")
        at = at.tb_next
    return " ".join(places[-8:])


_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    _add_library,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    _tell_fault,
    keep_allowed,
]
# Set at import: structlog's own default would print an error with the values of all variables.
structlog.configure(
    processors=[*_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    wrapper_class=structlog.stdlib.BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
)
_LOGGER: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("qm")
