"""Ends connections whose other side keeps us waiting: a request that never comes to its end, an answer nobody takes.

The server itself waits for ever. A few thousand such connections would use up the files that a process may open, and
nobody else could come in (slow loris).
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from qm.operations.logs import log
from qm.operations.metrics import count
from qm.units import Seconds

REQUEST_S: Seconds = 60.0
"""For a request from its first byte to its last; from the beginning of the connection to the first one's."""
ANSWER_S: Seconds = 600.0
"""In which something of an answer has to be taken; a stopped player takes nothing for a while, and asks again."""


class PatientProtocol(H11Protocol):
    """HTTP over one connection, with an end to waiting."""

    request_s: Seconds = REQUEST_S
    answer_s: Seconds = ANSWER_S

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._waits_for: dict[str, asyncio.TimerHandle] = {}
        self._left = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait("request", self.request_s)

    def data_received(self, data: bytes) -> None:
        """Go on waiting until the request is there."""
        super().data_received(data)
        state = self.conn.their_state
        if state is h11.SEND_BODY or (state is h11.IDLE and self.conn.trailing_data[0]):
            self._wait("request", self.request_s)
        else:
            self._done("request")

    def pause_writing(self) -> None:
        """The other side takes nothing at the moment."""
        super().pause_writing()
        self._left = self.transport.get_write_buffer_size()
        self._wait("answer", self.answer_s)

    def resume_writing(self) -> None:
        """It takes something again."""
        super().resume_writing()
        self._done("answer")

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        for what in tuple(self._waits_for):
            self._done(what)
        super().connection_lost(exc)

    def _wait(self, what: str, seconds: Seconds) -> None:
        if what not in self._waits_for:  # bytes that come now and then don't make it longer
            self._waits_for[what] = self.loop.call_later(seconds, self._end, what)

    def _done(self, what: str) -> None:
        timer = self._waits_for.pop(what, None)
        if timer is not None:
            timer.cancel()

    def _end(self, what: str) -> None:
        del self._waits_for[what]
        left = self.transport.get_write_buffer_size()
        if what == "answer" and left < self._left:  # slowly, but it's being taken
            self._left = left
            self._wait(what, self.answer_s)
            return
        count("slow_clients", reason=what)
        log.info("client.slow", reason=what)
        self.transport.abort()
