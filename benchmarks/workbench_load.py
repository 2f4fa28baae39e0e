"""`qm bench workbench`: what people do all day, on a site of any size: each kind of page alone, then many people."""

import asyncio
import random
import re
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import httpx2
import numpy as np

from benchmarks.api_load import PATIENCE_S, REFUSED, Answers, looker
from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.servers import POSTGRESQL, postgresql_server
from benchmarks.services import Service, environment_of, free_port, wait_for_port
from benchmarks.stopwatch import load, processor_s
from benchmarks.workbench_end import run_end
from benchmarks.workbench_kept import site_in
from benchmarks.workbench_pages import DEEP, KINDS, PAGE_MS, PAGES_DEEP, Kind
from benchmarks.workbench_paint import first_loads
from benchmarks.workbench_site import MadeSite
from pipelines.commands.context import CommandContext, emit_json
from qm.config import Settings
from qm.domain.people import Right
from qm.units import Seconds

if TYPE_CHECKING:
    from tests.postgres_server import PostgresServer

ALONE = 60
"""Requests of each kind: 95 of 100 is told from fewer only by luck."""
REVIEW_BYTES = 300_000
RATE = "100000"
"""Requests a minute: one address stands for all the people."""
RIGHTS = (
    Right.CONTACT_READ, Right.CONTACT_LISTEN, Right.REVIEW_READ, Right.REVIEW_WRITE, Right.COACHING_READ,
    Right.FIGURES_READ, Right.CASE_READ, Right.SEARCH_USE, Right.DISPUTE_DECIDE,
)  # fmt: skip
IMPORTS = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+\.js)["']""")
ASSETS = re.compile(r'(?:src|href)="(/static/[^"?]+\.(?:js|css|svg)[^"]*)"')


@dataclass(frozen=True)
class Asked:
    """How it's measured.

    Attributes:
        people: at work at once, for `seconds`, each thinking for `think_s` on average between two pages.
        alone: requests of each kind of page.
        paint: load pages in a browser too.
        site: folder of a site that is kept: made once, then measured as often as wanted.
    """

    contacts: int
    turns: int = 25
    people: int = 50
    seconds: Seconds = 300.0
    think_s: Seconds = 5.0
    alone: int = ALONE
    paint: bool = True
    site: Path | None = None


def main(context: CommandContext, asked: Asked, *, databases: Sequence[str], as_json: bool) -> None:
    """Run and print."""
    figures: dict[str, BenchFigure] = {}
    for database in databases:
        measured = measure(context, database, asked)
        figures |= {f"{database}_{name}": figure for name, figure in measured.items()}
    if as_json:
        emit_json(Bench("workbench", machine(), figures))
        return
    for label, figure in figures.items():
        context.out.print(figure_line(label, figure), markup=False)


def measure(context: CommandContext, database: str, asked: Asked) -> dict[str, BenchFigure]:
    """Figures of one database."""
    with ExitStack() as stack:
        root = asked.site.absolute() / database if asked.site else None
        server = (
            stack.enter_context(postgresql_server(root / "server" if root else None))
            if database == POSTGRESQL
            else None
        )
        root = root or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qm-workbench-")))
        context.errors.print(f"{database}: {asked.contacts} contacts of {asked.turns} turns ...")
        settings, made = site_in(root, context.settings, server, asked.contacts, asked.turns)
        _settle(settings, server)
        context.errors.print(f"{database}: made by {made.steps_s}; asking ...")
        figures = _site_figures(made) | measure_site(settings, root, asked)
        return figures | run_end(settings, asked.contacts)


def measure_site(settings: Settings, root: Path, asked: Asked) -> dict[str, BenchFigure]:
    """Figures of a site that is there."""
    headers = looker(settings, *RIGHTS)
    api, base = _api(settings, root)
    try:
        before = load()
        figures = asyncio.run(_each_alone(base, headers, asked, api.pid))
        answers = asyncio.run(_people(base, headers, asked))
        figures |= _held(answers, asked, f"load {before} before, {load()} after")
        return figures | (first_loads(base, headers) if asked.paint else {})
    finally:
        api.stop()


def _settle(settings: Settings, server: "PostgresServer | None") -> None:
    """Bring PostgreSQL's statistics up to date, as autovacuum would have by the next morning."""
    if server:
        server.run("VACUUM ANALYZE", database=settings.database_url.rpartition("/")[2].partition("?")[0])


def _api(settings: Settings, root: Path) -> tuple[Service, str]:
    port = free_port()
    environment = environment_of(settings, QM_PORT=str(port), QM_LOG_LEVEL="warning", QM_RATE=RATE)
    api = Service("api", ("-m", "api"), environment, root / "api.log")
    api.start()
    wait_for_port(api, port)
    return api, f"http://127.0.0.1:{port}"


async def _each_alone(base: str, headers: dict[str, str], asked: Asked, pid: int) -> dict[str, BenchFigure]:
    """Each kind of page with nobody else asking, one request after the other; `pid` is who answers."""
    figures: dict[str, BenchFigure] = {}
    draw = random.Random(1)
    async with httpx2.AsyncClient(base_url=base, timeout=PATIENCE_S, headers=headers) as client:
        for kind in (*KINDS, replace(DEEP, path=await _deep(client))):
            await _ask(client, kind, asked.contacts, draw)  # what is made at the first request isn't everybody's lot
            used = processor_s(pid)
            answers = [await _ask(client, kind, asked.contacts, draw) for _ in range(asked.alone)]
            figures |= _alone(kind, answers, (processor_s(pid) - used) / asked.alone)
        figures["review_bytes"] = await _weight(client, asked.contacts)
    return figures


@dataclass(frozen=True)
class Got:
    """One answer: seconds to its first and to its last byte."""

    first_s: Seconds
    whole_s: Seconds
    status: int
    size: int


async def _ask(client: httpx2.AsyncClient, kind: Kind, contacts: int, draw: random.Random) -> Got:
    ranged = {"range": f"bytes=0-{kind.first_bytes - 1}"} if kind.first_bytes else {}
    began, size, first = perf_counter(), 0, 0.0
    async with client.stream("GET", kind.path(contacts, draw), headers=ranged) as response:
        async for part in response.aiter_bytes():
            first = first or perf_counter() - began
            size += len(part)
    whole = perf_counter() - began
    return Got(first or whole, whole, response.status_code, size)


def _alone(kind: Kind, answers: Sequence[Got], processor: Seconds) -> dict[str, BenchFigure]:
    """An error isn't a quick page: it's told. Processor time is what a busy machine can still tell of a quiet one."""
    taken = [got.first_s if kind.first_bytes else got.whole_s for got in answers]
    refused = sum(got.status >= REFUSED for got in answers)
    p50, p95 = (round(1000 * float(np.percentile(taken, at)), 1) for at in (50, 95))
    told = (
        f"p50 {p50:g} ms; processor of the pages {1000 * processor:.1f} ms; "
        f"{max(got.size for got in answers)} bytes at most; refused: {refused}"
    )
    return {f"alone_p95_{kind.name}": BenchFigure(p95, "ms", len(taken), target=f"< {kind.below_ms:g}", peer=told)}


async def _deep(client: httpx2.AsyncClient) -> Any:
    """The path of the page after a hundred others, or of the last one."""
    cursor = ""
    for _ in range(PAGES_DEEP):
        page = (await client.get("/api/v1/contacts", params={"size": 50, "cursor": cursor})).json()
        if not page["next_cursor"]:
            break
        cursor = page["next_cursor"]
    return lambda _contacts, _draw: f"/api/v1/contacts?size=50&cursor={cursor}"


async def _weight(client: httpx2.AsyncClient, contacts: int) -> BenchFigure:
    """A call's review page with all that it names, uncompressed and before any audio."""
    review = next(kind for kind in KINDS if kind.name == "review")
    page = (await client.get(review.path(min(contacts, 1), random.Random(1)))).text
    wanted, sizes = set(ASSETS.findall(page)), dict[str, int]()
    while wanted - sizes.keys():
        name = min(wanted - sizes.keys())
        asset = (await client.get(name)).content
        sizes[name] = len(asset)
        if name.endswith(".js"):
            wanted |= {urljoin(name, named) for named in IMPORTS.findall(asset.decode())}
    total = len(page.encode()) + sum(sizes.values())
    largest = ", ".join(f"{name.rpartition('/')[2]} {size}" for name, size in _largest(sizes))
    return BenchFigure(total, "bytes", 1, target=f"< {REVIEW_BYTES}", peer=f"page {len(page.encode())}; {largest}")


def _largest(sizes: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(sizes.items(), key=lambda pair: -pair[1])[:4]


async def _people(base: str, headers: dict[str, str], asked: Asked) -> Answers:
    """Everybody opens a page, thinks, and opens another, until the time is over."""
    answers, began, numbers = Answers(), perf_counter(), count()
    kinds = [kind for kind in KINDS if kind.share]
    limits = httpx2.Limits(max_connections=asked.people, max_keepalive_connections=asked.people)

    async with httpx2.AsyncClient(base_url=base, timeout=PATIENCE_S, headers=headers, limits=limits) as client:

        async def person() -> None:
            draw = random.Random(next(numbers))
            while True:
                await asyncio.sleep(draw.expovariate(1 / asked.think_s))
                if perf_counter() - began > asked.seconds:
                    return
                (kind,) = draw.choices(kinds, [one.share for one in kinds])
                try:
                    got = await _ask(client, kind, asked.contacts, draw)
                except httpx2.HTTPError as error:
                    answers.troubles[type(error).__name__] += 1
                    continue
                answers.taken_s.setdefault(kind.name, []).append(got.first_s if kind.first_bytes else got.whole_s)
                if got.status >= REFUSED:
                    answers.troubles[f"{kind.name}: HTTP {got.status}"] += 1

        await asyncio.gather(*(person() for _ in range(asked.people)))
    answers.wall_s = perf_counter() - began
    return answers


def _held(answers: Answers, asked: Asked, told: str) -> dict[str, BenchFigure]:
    every = [taken for each in answers.taken_s.values() for taken in each]
    troubles = ", ".join(f"{name}: {number}" for name, number in sorted(answers.troubles.items())) or "none"
    peer = f"{asked.people} people for {asked.seconds:g} s, thinking {asked.think_s:g} s on average; {told}"
    figures = {
        "people_errors": BenchFigure(
            float(answers.troubles.total()), "requests", len(every), target="0", peer=troubles
        ),
        "people_rate": BenchFigure(round(answers.rate, 2), "requests/s", len(every), peer=peer),
        "people_p95": _p95(every, f"< {PAGE_MS:g}"),
    }
    for kind in KINDS:
        if kind.name in answers.taken_s:
            figures[f"people_p95_{kind.name}"] = _p95(answers.taken_s[kind.name], f"< {kind.below_ms:g}")
    return figures


def _p95(taken: Sequence[Seconds], target: str) -> BenchFigure:
    value = round(1000 * float(np.percentile(taken, 95)), 1) if taken else 0.0
    return BenchFigure(value, "ms", len(taken), target=target)


def _site_figures(made: MadeSite) -> dict[str, BenchFigure]:
    told = ", ".join(f"{name} {spent:g}" for name, spent in made.steps_s.items())
    return {"made_in": BenchFigure(round(sum(made.steps_s.values()), 1), "s", made.contacts, peer=told)}
