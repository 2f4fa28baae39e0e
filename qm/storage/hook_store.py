"""Webhooks and their deliveries in their tables."""

import json
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, or_, select, update

from qm.documents import dump, load
from qm.domain.hook import EVENTS, Delivery, DeliveryState, Hook, HookState
from qm.errors import ConflictError, NotFoundError
from qm.storage import tables
from qm.storage.sql_store import SqlStore
from qm.units import Seconds

TOLD = tuple(Delivery.__dataclass_fields__)
FREE = {"owner": "", "until_s": 0.0}


class SqlHookStore(SqlStore):
    """Hooks by id.

    Args:
        now: the present moment.
        token: a new random text at every call.
    """

    def __init__(self, connection: Any, now: Callable[[], datetime], token: Callable[[], str]) -> None:
        super().__init__(connection)
        self._now, self._token = now, token
        self._active: tuple[Hook, ...] | None = None

    def every(self) -> tuple[Hook, ...]:
        """All hooks, the oldest first."""
        table = tables.hooks
        documents = self._connection.execute(select(table.c.document).order_by(table.c.made_s, table.c.id)).scalars()
        return tuple(load(Hook, document) for document in documents)

    def get(self, hook_id: str) -> Hook:
        """One hook, or `NotFoundError`."""
        row = self._one(tables.hooks, ("document",), id=hook_id)
        if row is None:
            raise NotFoundError("hook.unknown", f"no webhook '{hook_id[:60]}'", "the page of webhooks names them")
        return load(Hook, row.document)

    def add(self, hook: Hook, secret: str) -> None:
        """Keep a new one and its secret."""
        self._active = None
        self._connection.execute(insert(tables.hooks).values(id=hook.id, **_columns(hook)))
        self._connection.execute(insert(tables.hook_secrets).values(hook_id=hook.id, secret=secret))

    def save(self, hook: Hook, seen: int) -> None:
        """Replace version `seen`; `ConflictError` where another one stands."""
        self._active = None
        table = tables.hooks
        where = (table.c.id == hook.id, table.c.version == seen)
        if not self._connection.execute(update(table).where(*where).values(**_columns(hook))).rowcount:
            message = "this webhook was changed by somebody else since"
            raise ConflictError("hook.changed", message, "load the page again, then repeat what is still right")

    def drop(self, hook_id: str) -> None:
        """Take a hook away with all that belongs to it."""
        self._active = None
        for column in (tables.hook_deliveries.c.hook_id, tables.hook_secrets.c.hook_id, tables.hooks.c.id):
            self._connection.execute(delete(column.table).where(column == hook_id))

    def secret(self, hook_id: str) -> str:
        """What a hook's deliveries are signed with."""
        row = self._one(tables.hook_secrets, ("secret",), hook_id=hook_id)
        return str(row.secret) if row else ""

    def tell(self, event: str, kind: str, subject: str, **codes: str) -> None:
        """Write an event for every active hook that asked for it."""
        if self._active is None:
            self._active = tuple(hook for hook in self.every() if hook.state is HookState.ACTIVE)
        for hook in self._active:
            if event in hook.events:
                self._write(hook, event, kind, subject, codes)

    def tell_noted(self, notes: Iterable[tuple[str, str, str]]) -> None:
        """The same for what was noted in the audit trail: action, kind and id of the subject."""
        for event, kind, subject in notes:
            if event in EVENTS:
                self.tell(event, kind, subject)

    def tell_one(self, hook: Hook, event: str, kind: str, subject: str) -> Delivery:
        """Write an event for this hook."""
        return self._write(hook, event, kind, subject, {})

    def _write(self, hook: Hook, event: str, kind: str, subject: str, codes: dict[str, str]) -> Delivery:
        now = self._now()
        told = {"type": event, "timestamp": now.isoformat(), "data": {"kind": kind, "id": subject, **codes}}
        body = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
        made_s = now.timestamp()
        written = Delivery(
            f"msg_{self._token()}", hook.id, event, subject, DeliveryState.WAITING, made_s, 0, made_s, 0, "", body
        )
        self._connection.execute(insert(tables.hook_deliveries).values(**_row(written), **FREE))
        return written

    def lease(self, owner: str, most: int, now_s: float, lease_s: Seconds) -> tuple[Delivery, ...]:
        """Take what is due of active hooks, the longest due first."""
        table, hooks = tables.hook_deliveries, tables.hooks
        is_free = or_(table.c.owner == "", table.c.until_s <= now_s)
        due = (table.c.state == DeliveryState.WAITING.value, table.c.next_s <= now_s, is_free)
        active = select(hooks.c.id).where(hooks.c.state == HookState.ACTIVE.value)
        columns = [table.c[name] for name in TOLD]
        found = select(*columns).where(*due, table.c.hook_id.in_(active)).order_by(table.c.next_s, table.c.id)
        taken = []
        for row in self._connection.execute(found.limit(most)).all():
            mine = update(table).where(table.c.id == row.id, *due).values(owner=owner, until_s=now_s + lease_s)
            if self._connection.execute(mine).rowcount:
                taken.append(_delivery(row))
        return tuple(taken)

    def settle(self, delivery: Delivery, owner: str) -> bool:
        """Note how a try went, where the lease is still ours."""
        table = tables.hook_deliveries
        values = {name: value for name, value in _row(delivery).items() if name != "id"}
        mine = (table.c.id == delivery.id, table.c.owner == owner)
        return bool(self._connection.execute(update(table).where(*mine).values(**values, **FREE)).rowcount)

    def deliveries(self, hook_ids: Collection[str], after: str = "", size: int = 50) -> tuple[Delivery, ...]:
        """Deliveries of these hooks, the latest first."""
        table = tables.hook_deliveries
        where: list[ColumnElement[bool]] = [table.c.hook_id.in_(list(hook_ids))]
        if after:
            last = self.delivery(after)
            earlier = (table.c.made_s == last.made_s) & (table.c.id < last.id)
            where.append(or_(table.c.made_s < last.made_s, earlier))
        columns = [table.c[name] for name in TOLD]
        found = select(*columns).where(*where).order_by(table.c.made_s.desc(), table.c.id.desc()).limit(size)
        return tuple(_delivery(row) for row in self._connection.execute(found))

    def delivery(self, delivery_id: str) -> Delivery:
        """One delivery, or `NotFoundError`."""
        row = self._one(tables.hook_deliveries, TOLD, id=delivery_id)
        if row is None:
            raise NotFoundError("hook.no_delivery", f"no delivery '{delivery_id[:60]}'", "load the list again")
        return _delivery(row)

    def again(self, delivery_id: str, now_s: float) -> None:
        """Let a delivery wait anew; its day begins anew as well."""
        table = tables.hook_deliveries
        anew = {"state": DeliveryState.WAITING.value, "tries": 0, "made_s": now_s, "next_s": now_s, **FREE}
        self._connection.execute(update(table).where(table.c.id == delivery_id).values(**anew))

    def sweep(self, before_s: float) -> int:
        """Take away deliveries that are over and older than that."""
        table = tables.hook_deliveries
        where = (table.c.state != DeliveryState.WAITING.value, table.c.made_s < before_s)
        return self._connection.execute(delete(table).where(*where)).rowcount


def _columns(hook: Hook) -> dict[str, object]:
    return {
        "state": hook.state.value, "made_s": hook.made_at.timestamp(), "version": hook.version, "document": dump(hook),
    }  # fmt: skip


def _row(delivery: Delivery) -> dict[str, object]:
    return {**vars(delivery), "state": delivery.state.value}


def _delivery(row: Any) -> Delivery:
    return Delivery(**{**row._mapping, "state": DeliveryState(row.state)})  # noqa: SLF001 - SQLAlchemy's public name for a row as mapping
