"""The command that tells webhooks what happened, and the thread that does so beside a worker."""

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from threading import Thread
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.commands.operated import operated
from pipelines.commands.run import stoppable
from pipelines.identity import this_worker
from pipelines.stopping import Stop, StopRequest
from qm.errors import QmError
from qm.operations.hook_post import post
from qm.operations.logs import log
from qm.services.hook_address import hosts_of
from qm.services.hook_sender import HookSender, Sent

hooks = typer.Typer(no_args_is_help=True, help="Tell other systems what happened here.")
LOOK_S = 5.0
"""Seconds between two looks, where nothing was due."""


@hooks.command()
def send(
    once: Annotated[bool, typer.Option("--once", help="Send what is due now, then end: for tests and cron.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --once: print one JSON document.")] = False,
) -> None:
    """Send webhooks until stopped. `qm worker` does so by itself; with several senders nothing is sent twice."""
    context = CommandContext.open()
    context.wiring.database.require_schema()
    sender = make_sender(context)
    with stoppable(context), operated(context.wiring, "hooks"):
        if not once:
            _go_on(sender, context.wiring.stop)
        told = _all_due(sender)
    if as_json:
        emit_json(told)
    else:
        context.out.print(f"sent {told.sent}, failed {told.failed}, given up {told.given_up}")


@contextmanager
def sending(context: CommandContext) -> Iterator[None]:
    """The same in a thread while the block lasts. A database that is away stops no worker by it."""
    stop = Stop()
    thread = Thread(target=_beside, args=(make_sender(context), stop), name="hooks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.note()
        thread.join()


def make_sender(context: CommandContext) -> HookSender:
    """A sender of this process."""
    database, hosts = context.wiring.database, hosts_of(context.settings.hook_hosts)
    return HookSender(
        database.unit_of_work, database.reading, f"hooks/{this_worker()}", partial(post, hosts=hosts),
        lambda: datetime.now(UTC), random.random,
    )  # fmt: skip


def _all_due(sender: HookSender) -> Sent:
    sent, failed, given_up = 0, 0, 0
    while (step := sender.step()).tried:
        sent, failed, given_up = sent + step.sent, failed + step.failed, given_up + step.given_up
    return Sent(sent, failed, given_up)


def _go_on(sender: HookSender, stop: Stop) -> None:
    while True:
        try:
            tried = sender.step().tried
        except QmError as error:  # what was leased is due again after its lease; the next look tries
            log.warning("hook.held_up", code=error.code)
            tried = 0
        stop.wait(0.0 if tried else LOOK_S)


def _beside(sender: HookSender, stop: Stop) -> None:
    with suppress(StopRequest):
        _go_on(sender, stop)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(hooks, name="hooks")
