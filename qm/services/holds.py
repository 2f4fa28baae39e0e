"""Legal holds: set, released, listed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from qm.domain.retention import Hold, HoldKind
from qm.errors import ConflictError, InputError, NotFoundError
from qm.ports import UnitOfWork

ID_BYTES = 4


class HoldService:
    """Use cases of legal holds."""

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, now: Callable[[], datetime], token: Callable[[int], str]
    ) -> None:
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._now = now
        self._token = token

    def set(self, kind: HoldKind, subject: str, reason: str, by: str) -> Hold:
        """Forbid to erase a contact, or anything of a customer.

        Raises:
            NotFoundError: nothing here is about the subject; a mistyped id would protect nothing.
            InputError: no reason, or nobody who signs.
        """
        with self._unit_of_work() as unit:
            unit.lock("erasure")
            if kind is HoldKind.CONTACT:
                found = bool(unit.subjects.known([subject]))
            else:
                found = bool(unit.subjects.contacts_of(subject))
            if not found:
                hint = "check the id: a hold on an unknown one would protect nothing"
                raise NotFoundError(
                    f"{kind.value}.unknown", f"nothing here is about {kind.value} '{subject[:60]}'", hint
                )
            try:
                hold = Hold(f"H-{self._token(ID_BYTES)}", kind, subject, reason, by, self._now())
            except ValueError as error:
                raise InputError("hold.incomplete", str(error), "give --reason, and your name in QM_ACTOR") from None
            unit.holds.save(hold)
            unit.audit.note("hold.set", "hold", hold.id, after={"kind": kind.value}, actor=by)
        return hold

    def release(self, hold_id: str, by: str) -> Hold:
        """End a hold.

        Raises:
            NotFoundError: no such hold.
            ConflictError: it was released already.
        """
        with self._unit_of_work() as unit:
            hold = unit.holds.get(hold_id)
            if hold.released_at is not None:
                message = f"{hold.id} was released on {hold.released_at:%Y-%m-%d} by {hold.released_by}"
                raise ConflictError("hold.released", message, "nothing has to be done")
            released = replace(hold, released_at=self._now(), released_by=by)
            unit.holds.save(released)
            unit.audit.note("hold.released", "hold", hold.id, actor=by)
        return released

    def every(self) -> tuple[Hold, ...]:
        """All holds, those that stand first."""
        with self._reading() as unit:
            return unit.holds.every()
