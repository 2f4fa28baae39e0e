"""The same request twice is done once: whoever sends it again under its key is given the answer of the first time."""

from collections.abc import Callable
from datetime import datetime, timedelta

from qm.errors import ConflictError, InputError
from qm.ports import UnitOfWork
from qm.ports.kept_answers import KeptAnswer

KEPT_FOR = timedelta(hours=24)
AT_WORK_S = 300.0
"""A request that began longer ago and has no answer died with its process: it may be sent anew."""


class RepeatService:
    """Answers of writes with an `Idempotency-Key`."""

    def __init__(self, unit_of_work: UnitOfWork, now: Callable[[], datetime]) -> None:
        self._unit_of_work = unit_of_work
        self._now = now

    def begin(self, key_sha256: str, request_sha256: str) -> KeptAnswer | float:
        """The answer of the first time; else the moment under which this one is at work, for `end`.

        Raises:
            InputError: the key was used for another request (`idempotency.other_request`).
            ConflictError: the first one is still at work (`idempotency.at_work`).
        """
        now_s = self._now().timestamp()
        with self._unit_of_work() as unit:
            unit.kept_answers.sweep(now_s - KEPT_FOR.total_seconds())
            known = unit.kept_answers.begin(key_sha256, request_sha256, now_s)
            if known is not None and not known.status and known.begun_s < now_s - AT_WORK_S:
                unit.kept_answers.forget(key_sha256, known.begun_s)
                known = unit.kept_answers.begin(key_sha256, request_sha256, now_s)
        if known is None:
            return now_s
        if known.request_sha256 != request_sha256:
            message = "this Idempotency-Key was used for another request, or with other rights"
            raise InputError("idempotency.other_request", message, "a new key for each new request")
        if not known.status:
            message = "the first request with this Idempotency-Key is still at work"
            raise ConflictError("idempotency.at_work", message, "send it again in a few seconds")
        return known

    def end(self, key_sha256: str, begun_s: float, answer: KeptAnswer | None) -> None:
        """Keep what the request was answered; `None`: it failed, and may be sent again under the same key."""
        with self._unit_of_work() as unit:
            if answer is None:
                unit.kept_answers.forget(key_sha256, begun_s)
            else:
                unit.kept_answers.keep(key_sha256, begun_s, answer)
