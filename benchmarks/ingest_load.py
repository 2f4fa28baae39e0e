"""`qm bench ingest`: a day is taken in and its transcripts are published while people look at pages."""

import math
import random
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from benchmarks.apart import apart
from benchmarks.api_load import Answers, Mix, ask, looker
from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.scale_day import MadeDay, contact_id, make_chat_day
from benchmarks.servers import POSTGRESQL, fresh_settings, postgresql_server
from benchmarks.services import Service, environment_of, free_port, wait_for_port
from benchmarks.stopwatch import load, peak_mib, processor_s
from pipelines.commands.context import CommandContext, emit_json
from pipelines.stage import Stage
from pipelines.wiring import Wiring
from pipelines.work_wiring import make_stages
from qm.config import Settings
from qm.domain.people import Right
from qm.units import Seconds

if TYPE_CHECKING:
    from tests.postgres_server import PostgresServer

KNOWN = 200
"""Contacts that are scored before, so that pages have something to show."""
KNOWN_TURNS = 25
WHOLE_CONTACTS, WHOLE_S = 20_000, 600.0
"""What the product promises: a day of so many contacts in so many seconds."""


@dataclass(frozen=True)
class Ingest:
    """What the ingest itself took.

    Attributes:
        processor_s: of its own process.
        steps_s: of the clock, by stage, of all workers together.
    """

    done: int
    wall_s: Seconds
    processor_s: Seconds
    peak_mib: float
    steps_s: dict[str, Seconds]


@dataclass
class Site:
    """Who else uses the processor meanwhile: the pages, and the database's server where there is one.

    Attributes:
        headers: of whoever looks at the pages.
    """

    settings: Settings
    api: Service
    base: str
    server: "PostgresServer | None"
    headers: Mapping[str, str]

    def processor_s(self) -> tuple[Seconds, Seconds]:
        """Processor time so far, of the pages and of the database's server."""
        return processor_s(self.api.pid), processor_s(self.server.pid) if self.server else 0.0


class IngestWiring(Wiring):
    """The product up to the transcript: scoring is another matter, and has its own figures."""

    @cached_property
    def stages(self) -> tuple[Stage[Any, Any], ...]:
        """The first alone."""
        return make_stages(self)[:1]


def main(
    context: CommandContext, *, contacts: int, turns: int, rate: float, databases: Sequence[str], as_json: bool
) -> None:
    """Run and print."""
    figures: dict[str, BenchFigure] = {}
    for database in databases:
        measured = measure(context, database, contacts, turns, rate)
        figures |= {f"{database}_{name}": figure for name, figure in measured.items()}
    if as_json:
        emit_json(Bench("ingest", machine(), figures))
        return
    for label, figure in figures.items():
        context.out.print(figure_line(label, figure), markup=False)


def measure(
    context: CommandContext, database: str, contacts: int, turns: int, rate: float, known: int = KNOWN
) -> dict[str, BenchFigure]:
    """Figures of one database that knows so many contacts before."""
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qm-ingest-")))
        server = stack.enter_context(postgresql_server()) if database == POSTGRESQL else None
        settings = _worked_through(context.settings, root, known, server)
        context.errors.print(f"{database}: making {contacts} chats of {turns} turns ...")
        day = make_chat_day(root / "day", contacts, turns, first=known)
        who = looker(settings, Right.CONTACT_READ, Right.COACHING_READ)
        site = Site(settings, *_api(settings, root, rate), server, who)
        stack.callback(site.api.stop)
        context.errors.print(f"{database}: taking them in beside {rate:g} requests a second ...")
        before, used = load(), site.processor_s()
        ingest, answers = take_in_beside(site, day, rate, known)
        told = f"load {before} before, {load()} after"
        pages, databases = (after - then for after, then in zip(site.processor_s(), used, strict=True))
    figures = _figures(ingest, day, told) | answers.figures(rate)
    return figures | _processor(ingest, day, pages, databases, answers.n)


def take_in_beside(site: Site, day: MadeDay, rate: float, known: int) -> tuple[Ingest, Answers]:
    """Ingest in a process of its own, requests from this one until it's through.

    Raises:
        EngineError: the process ended without a result.
    """
    with apart(_take_in, site.settings, day) as results:
        results.recv()  # that it begins
        answers = ask(site.base, _mixes(known), rate, results.poll, site.headers)
        ingest: Ingest = results.recv()
    return ingest, answers


def _take_in(settings: Settings, day: MadeDay, results: Any) -> None:
    wiring = IngestWiring(settings)
    wiring.packs  # noqa: B018 - loaded before the clock starts, as `qm run` does
    results.send("begins")
    began, processor = perf_counter(), process_time()
    summary = wiring.batch.run(day.folder, lambda _step: None, lambda _total: None)
    wall, processor = perf_counter() - began, process_time() - processor
    wiring.database.close()
    results.send(Ingest(summary.outcomes["done"], wall, processor, peak_mib(), summary.seconds))


def _worked_through(settings: Settings, root: Path, known: int, server: "PostgresServer | None") -> Settings:
    """A site that has worked through a small day."""
    own = replace(fresh_settings(settings, root / "data", server), isolate=False, language="it")
    earlier = make_chat_day(root / "earlier", known, KNOWN_TURNS)
    wiring = Wiring(own)
    wiring.batch.run(earlier.folder, lambda _step: None, lambda _total: None)
    wiring.database.close()
    return own


def _api(settings: Settings, root: Path, rate: float) -> tuple[Service, str]:
    port = free_port()
    environment = environment_of(settings, QM_PORT=str(port), QM_LOG_LEVEL="warning", QM_RATE=str(_a_minute(rate)))
    api = Service("api", ("-m", "api"), environment, root / "api.log")
    api.start()
    wait_for_port(api, port)
    return api, f"http://127.0.0.1:{port}"


def _a_minute(rate: float) -> int:
    """One program asks for as much as many people: it's let do so, with as much again to spare."""
    return max(600, math.ceil(2 * 60 * rate))


def _mixes(known: int) -> tuple[Mix, ...]:
    def contact(draw: random.Random) -> str:
        return f"/api/v1/contacts/{contact_id(draw.randrange(known))}"

    return (
        Mix("list", 0.3, lambda _draw: "/api/v1/contacts?size=50"),
        Mix("contact", 0.3, contact),
        Mix("coaching", 0.2, lambda _draw: "/api/v1/coaching"),
        Mix("health", 0.2, lambda _draw: "/healthz"),
    )


def _figures(ingest: Ingest, day: MadeDay, told: str) -> dict[str, BenchFigure]:
    n = day.contacts
    whole = ingest.wall_s / n * WHOLE_CONTACTS
    kind = "measured" if n >= WHOLE_CONTACTS else f"from the rate over {n} contacts"
    steps = ", ".join(f"{name} {1000 * seconds / n:.1f}" for name, seconds in ingest.steps_s.items())
    rate = BenchFigure(
        round(n / ingest.wall_s, 2), "contacts/s", n, target=f">= {WHOLE_CONTACTS / WHOLE_S:.1f}",
        peer=f"ms a contact on the clock: {steps}",
    )  # fmt: skip
    return {
        "done": BenchFigure(ingest.done / n, "share", n, target="1"),
        "wall": BenchFigure(round(ingest.wall_s, 1), "s", n, peer=told),
        "contacts": rate,
        "turns": BenchFigure(round(day.turns / ingest.wall_s), "turns/s", day.turns),
        "whole_day": BenchFigure(round(whole, 1), "s", n, target=f"< {WHOLE_S:g}", peer=kind),
        "peak_memory": BenchFigure(round(ingest.peak_mib, 1), "MiB", 1),
    }


def _processor(
    ingest: Ingest, day: MadeDay, pages_s: Seconds, databases_s: Seconds, requests: int
) -> dict[str, BenchFigure]:  # fmt: skip
    """Processor time is what a busy machine can still tell of a quiet one."""
    n = day.contacts
    return {
        "processor_contact": BenchFigure(round(1000 * ingest.processor_s / n, 2), "ms a contact", n),
        "processor_request": BenchFigure(round(1000 * pages_s / max(1, requests), 2), "ms a request", requests),
        "processor_database": BenchFigure(round(databases_s, 1), "s", 1, peer="of both together"),
    }
