"""A recogniser in a process of its own: one that hangs or dies costs its recording, not the day.

The process is ended by its own pid, and it ends by itself when the one that started it is gone, however that ended.
"""

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import recv_handle, send_handle
from threading import RLock, Thread
from typing import Any, TypeAlias

import numpy as np

from qm.domain.recording import Finding, Recording
from qm.domain.transcript import EngineDescription
from qm.errors import DiskFullError, EngineError, QmError, RecognitionError
from qm.ports import Audio, Speech, Transcriber
from qm.units import Hertz, Seconds

WARM_UP_S: Seconds = 900.0
"""Weights may have to be fetched first: 3 GB (large-v3) at 30 Mbit/s take 800 s."""
FAREWELL_S: Seconds = 10.0
"""What an idle process may take to free its weights before it is killed."""

STEP_S: Seconds = 2.0
"""Of waiting: as much is forgiven at most each time the program is stopped."""

WARM_UP, TRANSCRIBE = "warm_up", "transcribe"
Failure: TypeAlias = tuple[type[QmError], str, str, str, dict[str, object]]
"""Class, code, message, hint and context: an exception of ours doesn't survive pickling."""


@dataclass(frozen=True)
class _Sent:
    """An `Audio` but for its samples, which follow as the descriptor of a scratch file."""

    recording: Recording
    shape: tuple[int, ...]
    rate_hz: Hertz
    findings: tuple[Finding, ...]


def generous_deadline(audio_s: Seconds) -> Seconds:
    """Time that recognition may take: a minute, and twice the length of the audio.

    openai-whisper, the slowest engine, takes 0.54 s of one core for a second of a two-channel call (greedy search,
    whisper-base, measured on one minute); wider beams, bigger models and a busy machine need the rest.

    >>> generous_deadline(300.0)
    660.0
    """
    return 60.0 + 2.0 * audio_s


class IsolatedTranscriber:
    """Any recogniser behind a deadline.

    Args:
        factory: makes the recogniser inside the process; must be picklable (a class, a function of a module, or a
            `functools.partial` of one), and is called here only to describe it.
        description: where calling `factory` for it isn't wanted.
        deadline: seconds for a batch by the seconds of audio in it (of all recordings, not channels).
        prepare: run here before the process starts: fetches weights, say, where progress can be shown.
    """

    def __init__(
        self, factory: Callable[[], Transcriber], description: EngineDescription | None = None, *,
        deadline: Callable[[Seconds], Seconds] = generous_deadline, warm_up_s: Seconds = WARM_UP_S,
        prepare: Callable[[], object] | None = None,
    ) -> None:  # fmt: skip
        self._factory = factory
        self._description = description or factory().describe()
        self._deadline = deadline
        self._warm_up_s = warm_up_s
        self._prepare = prepare
        self._lock = RLock()
        self._child: _Child | None = None

    def describe(self) -> EngineDescription:
        """That of the recogniser inside: the walls don't change the words."""
        return self._description

    def warm_up(self) -> None:
        """Start the process and load the weights in it; harmless when repeated.

        Raises:
            EngineError: the recogniser can't start, or its process died or hung over it.
        """
        with self._lock:
            if self._child is not None:
                return
            if self._prepare is not None:
                self._prepare()
            try:
                self._child = _Child(self._factory)
                self._ask((WARM_UP,), (), self._warm_up_s)
            except (RecognitionError, OSError) as error:
                hint = "see `qm doctor`; less memory is needed with a smaller QM_MODEL"
                raise EngineError("engine.cannot_start", f"recognition can't start: {error}", hint) from error

    def close(self) -> None:
        """End the process; the next call starts another."""
        with self._lock:
            child, self._child = self._child, None
            if child is not None:
                child.dismiss()

    def transcribe(
        self, audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str] = ()
    ) -> tuple[Speech, ...]:
        """Words of each audio, by the recogniser inside.

        Raises:
            RecognitionError: `engine.timeout`, `engine.died`; the next call starts a new process.
            QmError: whatever the recogniser raised.
        """
        if not audios:
            return ()
        with self._lock:
            self.warm_up()
            deadline_s = self._deadline(sum(audio.recording.duration_s for audio in audios))
            sent = [_Sent(audio.recording, audio.pcm.shape, audio.rate_hz, audio.findings) for audio in audios]
            rest = (tuple(languages), tuple(terms)) if terms else (tuple(languages),)
            spoken: tuple[Speech, ...] = self._ask((TRANSCRIBE, sent, *rest), audios, deadline_s)
            return spoken

    def _ask(self, request: tuple[Any, ...], audios: Sequence[Audio], deadline_s: Seconds) -> Any:
        """The process's answer; a process that didn't give one in order (not even an error) is ended."""
        assert self._child is not None
        answered = False
        try:
            failure, answer = self._child.ask(request, audios, deadline_s)
            answered = failure is None or request[0] == TRANSCRIBE
        finally:
            if not answered:
                self._child.kill()
                self._child = None
        if failure is not None:
            raise _rebuilt(failure)
        return answer


class _Child:
    """The process, seen from the one that started it."""

    def __init__(self, factory: Callable[[], Transcriber]) -> None:
        context = multiprocessing.get_context("spawn")  # fork copies locks that other threads hold
        self._connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=_serve, args=(factory, theirs), daemon=True)
        with interrupts_held():
            self._process.start()
        theirs.close()

    def ask(self, request: tuple[Any, ...], audios: Sequence[Audio], deadline_s: Seconds) -> tuple[Failure | None, Any]:
        """Failure or answer.

        Raises:
            RecognitionError: neither came.
        """
        try:
            self._connection.send(request)
            for audio in audios:
                _send_samples(audio, self._connection, self._process.pid or 0)
            ready = _wait([self._connection, self._process.sentinel], deadline_s)
            if not ready:
                hint = "retry; where it happens again, listen to the recording, or raise the deadline"
                raise RecognitionError("engine.timeout", f"recognition took more than {deadline_s:.0f} s", hint)
            if self._connection not in ready:
                raise EOFError
            answer: tuple[Failure | None, Any] = self._connection.recv()
        except (EOFError, ConnectionError) as error:
            hint = "retry; memory may have run out: see `qm doctor`"
            raise RecognitionError("engine.died", f"recognition ended unasked, {self._end()}", hint) from error
        return answer

    def dismiss(self) -> None:
        """Let it free its weights and end."""
        self._connection.close()
        self._process.join(FAREWELL_S)
        self.kill()

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self._connection.close()
        self._process.kill()
        self._process.join()
        self._process.close()

    def _end(self) -> str:
        """How the process ended."""
        self._process.join(FAREWELL_S)
        code = self._process.exitcode
        if code is None:
            return "its process still running"
        return f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"


def _wait(events: list[Any], deadline_s: Seconds) -> list[Any]:
    """Which of the events came; none after `deadline_s` of waiting.

    Steps are counted, not the clock read: a program that was stopped (Ctrl-Z, a frozen container) finds its engine,
    which was stopped with it, no later than before.
    """
    left_s = deadline_s
    while left_s > 0:
        step_s = min(left_s, STEP_S)
        if ready := wait(events, step_s):
            return ready
        left_s -= step_s
    return []


def _send_samples(audio: Audio, connection: Connection, pid: int) -> None:
    """Through a scratch file without a name: hours go over without a copy in memory, and nothing is left behind."""
    with tempfile.TemporaryFile(prefix="qm-audio-") as scratch:
        try:
            for start in range(0, len(audio.pcm), audio.rate_hz * 60):
                scratch.write(np.ascontiguousarray(audio.pcm[start : start + audio.rate_hz * 60]).data)
            scratch.flush()
        except OSError as error:
            message = f"no space left below {tempfile.gettempdir()}"
            raise DiskFullError("storage.disk_full", message, "free some space, then run again") from error
        send_handle(connection, scratch.fileno(), pid)


def _receive_audio(sent: _Sent, connection: Connection) -> Audio:
    with os.fdopen(recv_handle(connection), "rb") as scratch:
        if 0 in sent.shape:  # an empty file can't be mapped
            return Audio(sent.recording, np.empty(sent.shape, np.int16), sent.rate_hz, sent.findings)
        pcm = np.memmap(scratch, dtype=np.int16, mode="r", shape=sent.shape)
    return Audio(sent.recording, pcm, sent.rate_hz, sent.findings)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """A process started meanwhile never sees Ctrl-C, not even while it imports; ours comes through afterwards."""
    resource_tracker.ensure_running()  # starting it unblocks the signal again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _rebuilt(failure: Failure) -> QmError:
    """The same error again; made without the constructor, since subclasses have others."""
    kind, code, message, hint, context = failure
    error = kind.__new__(kind)
    QmError.__init__(error, code, message, hint, **context)
    return error


def _serve(factory: Callable[[], Transcriber], connection: Connection) -> None:
    """What the process does: answer until the other side is gone."""
    Thread(target=end_with_parent, daemon=True).start()
    engine = factory()
    while True:
        try:
            request = connection.recv()
            audios = [_receive_audio(sent, connection) for sent in request[1]] if request[0] == TRANSCRIBE else []
        except (EOFError, ConnectionError):
            engine.close()
            return
        connection.send(_answer(engine, audios, request))


def end_with_parent() -> None:
    """Killed in the middle of a recording, the parent can't say goodbye; without this its child would work on."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _answer(engine: Transcriber, audios: Sequence[Audio], request: tuple[Any, ...]) -> tuple[Failure | None, Any]:
    try:
        if request[0] == WARM_UP:
            engine.warm_up()
            return None, None
        return None, engine.transcribe(audios, *request[2:])
    except QmError as error:
        return (type(error), error.code, error.message, error.hint, dict(error.context)), None
    except Exception as error:  # noqa: BLE001  # the edge of a process: what isn't told here is lost with it
        message = f"recognition failed: {type(error).__name__}: {error}"
        return (RecognitionError, "engine.failed", message, "retry; see `qm doctor`", {}), None
