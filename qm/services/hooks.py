"""Use cases of webhooks: who is told of what, and how it went. Sending is `qm.services.hook_sender`'s."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from qm.domain.hook import CHOSEN, MOST_HOOKS, TEST_EVENT, Delivery, Hook, HookState
from qm.errors import ConflictError, InputError, NotFoundError
from qm.ports import UnitOfWork
from qm.services.hook_address import checked_address

KIND = "hook"
LOCK = "hooks"


@dataclass(frozen=True)
class HookPage:
    """Hooks, and deliveries to them, the latest first. `next_cursor` is empty on the last page."""

    hooks: tuple[Hook, ...]
    deliveries: tuple[Delivery, ...]
    next_cursor: str = ""


class HookService:
    """Webhooks of the site.

    Args:
        hosts: that the site named: they may lie in private networks, and be reached without TLS.
        token: draws random text of that many bytes, in hexadecimal.
        secret: draws a secret in the form that receivers know.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, hosts: Collection[str], now: Callable[[], datetime],
        token: Callable[[int], str], secret: Callable[[], str],
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._hosts = hosts
        self._now = now
        self._token = token
        self._secret = secret

    def page(self, hook_id: str = "", cursor: str = "", size: int = 50) -> HookPage:
        """All hooks, and deliveries to one of them or to all.

        Raises:
            NotFoundError: no such hook, or the cursor names no delivery.
        """
        with self._reading() as unit:
            hooks = unit.hooks.every()
            wanted = [unit.hooks.get(hook_id).id] if hook_id else [hook.id for hook in hooks]
            found = unit.hooks.deliveries(wanted, cursor, size + 1)
        more = len(found) > size
        return HookPage(hooks, found[:size], found[size - 1].id if more else "")

    def add(self, url: str, events: Sequence[str], actor: str) -> tuple[Hook, str]:
        """Tell an address of these events from now on; the hook, and its secret, which is told this once.

        Raises:
            InputError: an address that can't be had, no event or one that isn't told, or there are too many.
        """
        url = checked_address(url, self._hosts)
        chosen = tuple(name for name in CHOSEN if name in events)
        if unknown := [name for name in events if name not in CHOSEN]:
            message = f"nothing is told of '{unknown[0][:60]}'"
            raise InputError("hook.unknown_event", message, f"known: {', '.join(CHOSEN)}")
        if not chosen:
            raise InputError("hook.no_events", "no event was chosen", "choose one at least")
        hook = Hook(f"h-{self._token(8)}", url, chosen, self._now(), actor)
        secret = self._secret()
        with self._unit_of_work() as unit:
            unit.lock(LOCK)
            if len(unit.hooks.every()) >= MOST_HOOKS:
                raise InputError("hook.too_many", f"there are {MOST_HOOKS} webhooks already", "remove one first")
            unit.hooks.add(hook, secret)
            unit.audit.note("hook.added", KIND, hook.id, after={"events": list(chosen)}, actor=actor)
        return hook, secret

    def move(self, hook_id: str, state: HookState, actor: str) -> Hook:
        """Pause a hook, or let it go on; harmless where it's so already.

        Raises:
            NotFoundError: no such hook.
            ConflictError: somebody else changes it at this moment.
        """
        with self._unit_of_work() as unit:
            before = unit.hooks.get(hook_id)
            if before.state is state:
                return before
            after = replace(before, state=state, version=before.version + 1)
            unit.hooks.save(after, before.version)
            action = "hook.paused" if state is HookState.PAUSED else "hook.resumed"
            unit.audit.note(action, KIND, hook_id, actor=actor)
            return after

    def drop(self, hook_id: str, actor: str) -> None:
        """Remove a hook; what wasn't sent yet isn't sent any more.

        Raises:
            NotFoundError: no such hook.
        """
        with self._unit_of_work() as unit:
            unit.hooks.get(hook_id)
            unit.hooks.drop(hook_id)
            unit.audit.note("hook.dropped", KIND, hook_id, actor=actor)

    def test(self, hook_id: str, actor: str) -> Delivery:
        """Write a test event for a hook.

        Raises:
            NotFoundError: no such hook.
            ConflictError: it's paused.
        """
        with self._unit_of_work() as unit:
            hook = unit.hooks.get(hook_id)
            _check_active(hook)
            unit.audit.note(TEST_EVENT, KIND, hook_id, actor=actor)
            return unit.hooks.tell_one(hook, TEST_EVENT, KIND, hook_id)

    def resend(self, hook_id: str, delivery_id: str, actor: str) -> Delivery:
        """Send a delivery once more, under the id that it had.

        Raises:
            NotFoundError: no such delivery of that hook.
            ConflictError: the hook is paused.
        """
        with self._unit_of_work() as unit:
            hook, delivery = unit.hooks.get(hook_id), unit.hooks.delivery(delivery_id)
            if delivery.hook_id != hook_id:
                raise NotFoundError("hook.no_delivery", "no such delivery of this webhook", "load the list again")
            _check_active(hook)
            unit.hooks.again(delivery_id, self._now().timestamp())
            unit.audit.note("hook.resent", KIND, hook_id, after={"delivery": delivery_id}, actor=actor)
            return unit.hooks.delivery(delivery_id)


def _check_active(hook: Hook) -> None:
    if hook.state is HookState.PAUSED:
        raise ConflictError("hook.paused", "this webhook is paused", "let it go on first")
