"""`qm bench batch --kills K --parts …`: every part of a site is killed while it works; nothing lost, nothing twice."""

import csv
import hashlib
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy import select

from benchmarks.api_load import Answers
from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.kill_site import PARTS, Site
from benchmarks.scale_day import make_piece_day
from benchmarks.servers import postgresql_server, s3_server
from benchmarks.stopwatch import load
from pipelines.commands.context import CommandContext, emit_json
from pipelines.wiring import Wiring
from qm.analysis.estimate_quality import wilson
from qm.domain.figures import Count
from qm.domain.work import TaskState
from qm.errors import InputError
from qm.fingerprint import fingerprint
from qm.ports import ObjectStore
from qm.storage import tables
from qm.units import Seconds

if TYPE_CHECKING:
    from tests.postgres_server import PostgresServer
    from tests.s3_server import S3Server

LONGEST_S: Seconds = 4 * 3600
LOOK_S: Seconds = 0.2
PATIENCE_S: Seconds = 45.0
"""A killed worker needs so long, on a busy machine, until its actors are up again."""
PAGE = 1000
SCORED = "evaluation.scored"
CHANGED = "evaluation.changed"


@dataclass(frozen=True)
class End:
    """What stands when a day is through.

    Attributes:
        content: fingerprint of all that isn't volatile.
        rows: hash of each row of it, by table and key, to tell where two ends differ.
        objects: hash of each object's bytes by its name.
        twice: contacts whose evaluation was written more than once, or whose task is still open.
        chain: what the check of the audit chain found wrong; empty where it's whole.
    """

    content: str
    objects: dict[str, str]
    twice: tuple[str, ...]
    chain: str
    rows: dict[str, str] = field(default_factory=dict)

    def differences(self, other: "End") -> list[str]:
        """Rows that only one of them has, or that differ; objects likewise."""
        names = sorted(self.rows.keys() | other.rows.keys())
        objects = sorted(self.objects.items() ^ other.objects.items())
        return [name for name in names if self.rows.get(name) != other.rows.get(name)] + [
            f"object {o[0]}" for o in objects
        ]


def main(
    context: CommandContext, *, recordings: int, kills: int, parts: Sequence[str], executor: str, seed: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Run and print."""
    if unknown := [part for part in parts if part not in PARTS]:
        raise InputError("bench.unknown_part", f"no part '{unknown[0]}'", f"there are {', '.join(PARTS)}")

    def make_day(folder: Path) -> Path:
        return make_piece_day(folder, recordings, seed).folder

    figures = measure(context, make_day, kills, parts, executor, seed)
    if as_json:
        emit_json(Bench("batch_kills", machine(), figures))
        return
    for label, figure in figures.items():
        context.out.print(figure_line(label, figure), markup=False)


def measure(
    context: CommandContext, make_day: Callable[[Path], Path], kills: int, parts: Sequence[str], executor: str,
    seed: int, servers: tuple["PostgresServer", "S3Server"] | None = None,
) -> dict[str, BenchFigure]:  # fmt: skip
    """Figures of a day that is made in the folder given, and then worked through.

    Args:
        servers: that run already, where whoever asks has them; there is one S3 server a machine.
    """
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qm-kills-")))
        postgres, s3 = servers or (stack.enter_context(postgresql_server()), stack.enter_context(s3_server()))
        day = make_day(root / "day")

        def site(name: str) -> Site:
            (root / name).mkdir()
            return Site(context.settings, root / name, day, postgres, s3, executor)

        before = load()
        undisturbed = site("undisturbed")
        took = work_through(undisturbed)
        wanted, count = end_of(undisturbed), contacts_of(day)
        context.errors.print(f"undisturbed: {count} contacts in {took:.0f} s")
        tally, draw = Tally(), random.Random(seed)
        while tally.died < kills:
            killed = site(f"killed-{tally.rounds}")
            wall, answers = work_through_killed(killed, kills - tally.died, parts, draw, took / max(1, kills))
            tally.add(killed, end_of(killed), wanted, wall, answers)
            context.errors.print(tally.told(kills))
        return tally.figures(count, took, f"load {before} before, {load()} after")


class Tally:
    """What became of all rounds."""

    def __init__(self) -> None:
        self.rounds = self.equal = self.whole = self.same_objects = self.restarts = 0
        self.wall_s: Seconds = 0.0
        self.kills: Counter[str] = Counter()
        self.twice: list[str] = []
        self.looks = 0
        self.differences: list[str] = []
        self.troubles: Counter[str] = Counter()

    @property
    def died(self) -> int:
        """Kills in all."""
        return self.kills.total()

    def add(self, site: Site, end: End, wanted: End, wall_s: Seconds, answers: Answers) -> None:
        """Count a round."""
        self.rounds += 1
        self.equal += end.content == wanted.content
        self.same_objects += end.objects == wanted.objects and all(name == sha for name, sha in end.objects.items())
        self.whole += not end.chain
        self.twice += end.twice
        self.differences += end.differences(wanted)
        self.kills.update(site.kills)
        self.restarts += site.restarts
        self.wall_s += wall_s
        self.looks += answers.n
        self.troubles.update(answers.troubles)

    def told(self, kills: int) -> str:
        """For who waits."""
        return f"{self.died} of {kills} kills, {self.equal} of {self.rounds} runs equal; load {load()}"

    def figures(self, contacts: int, took: Seconds, told: str) -> dict[str, BenchFigure]:
        """In the common form."""
        by_table = Counter(name.split(" ", 1)[0] for name in self.differences)
        firsts = {name.split(" ", 1)[0]: name for name in reversed(self.differences)}
        differences = ", ".join(f"{count} of {table}, first {firsts[table]}" for table, count in by_table.items())
        killed = ", ".join(f"{part} {count}" for part, count in sorted(self.kills.items()) if count)
        troubles = ", ".join(f"{name}: {count}" for name, count in self.troubles.items()) or "none"
        lo, hi = wilson(Count(self.equal, self.rounds))
        return {
            "killed_runs_equal": BenchFigure(self.equal / self.rounds, "share", self.rounds, round(lo, 4), round(hi, 4),
                                             "1", f"{contacts} contacts, undisturbed {took:.0f} s; {told}"),
            "differences": BenchFigure(float(len(self.differences)), "rows", self.rounds, target="0", peer=differences),
            "objects_equal": BenchFigure(self.same_objects / self.rounds, "share", self.rounds, target="1"),
            "audit_chain_whole": BenchFigure(self.whole / self.rounds, "share", self.rounds, target="1"),
            "done_twice": BenchFigure(float(len(self.twice)), "contacts", contacts * self.rounds, target="0"),
            "kills": BenchFigure(float(self.died), "SIGKILLs", self.rounds, peer=killed),
            "ended_by_themselves": BenchFigure(float(self.restarts), "restarts", self.rounds),
            "wall": BenchFigure(round(self.wall_s, 1), "s", self.rounds),
            "looks_that_failed": BenchFigure(float(self.troubles.total()), "requests", self.looks, peer=troubles),
        }  # fmt: skip


def work_through(site: Site) -> Seconds:
    """Nobody disturbs; how long it takes.

    Raises:
        InputError: it doesn't end well.
    """
    began = monotonic()
    site.start(alone=True)
    if (code := site.run.wait(LONGEST_S)) not in (0, 1):
        raise InputError("bench.failed", f"`qm run` ended with {code}: {site.run.told()}", "see what it printed")
    return monotonic() - began


def work_through_killed(
    site: Site, kills: int, parts: Sequence[str], draw: random.Random, gap_s: Seconds
) -> tuple[Seconds, Answers]:
    """Kill parts in turn, at random moments, until the day is through or there were so many kills."""
    over, answers = Event(), Answers()
    began = monotonic()
    site.start()
    looking = Thread(target=lambda: answers.merge(site.look(over.is_set)))
    looking.start()
    died, turn = 0, 0
    due = began + draw.uniform(0, 2 * gap_s)
    try:
        while site.keep_up():
            if monotonic() > began + LONGEST_S:
                raise InputError("bench.failed", f"no end: {site.run.told()}", "see what it printed")
            if died < kills and monotonic() >= due:
                killed = site.kill(parts[turn % len(parts)])
                if killed or monotonic() > due + PATIENCE_S:  # what isn't up yet is waited for
                    died += killed
                    turn += 1
                    due = monotonic() + draw.uniform(0, 2 * gap_s)
            over.wait(LOOK_S)
        return monotonic() - began, answers
    finally:
        over.set()
        looking.join()
        site.stop()


def end_of(site: Site) -> End:
    """What stands, read by this process from both servers."""
    wiring = Wiring(site.settings)
    try:
        content, objects = wiring.database.content_fingerprint(), _bytes_of(wiring.objects)
        return End(content, objects, _done_twice(wiring), _faults_of_chain(wiring), _rows(wiring))
    finally:
        wiring.database.close()


def _rows(wiring: Wiring) -> dict[str, str]:
    found = {}
    with wiring.database.reading() as unit:
        for table in tables.metadata.sorted_tables:
            if table.name not in tables.VOLATILE:
                for row in unit.connection.execute(select(table)):
                    key = [row._mapping[column.name] for column in table.primary_key]  # noqa: SLF001 - SQLAlchemy's own
                    found[f"{table.name} {key}"] = fingerprint(list(row))
    return found


def _bytes_of(objects: ObjectStore) -> dict[str, str]:
    found = {}
    for stored in objects.every():
        digest = hashlib.sha256()
        with objects.open(stored.sha256) as pieces:
            for piece in pieces:
                digest.update(piece)
        found[stored.sha256] = digest.hexdigest()
    return found


def _done_twice(wiring: Wiring) -> tuple[str, ...]:
    """By the audit trail, which has an event for every time that a contact's evaluations were written."""
    scored: Counter[str] = Counter()
    with wiring.database.reading() as unit:
        seq = 0
        while events := unit.audit.after(seq, PAGE):
            scored.update(event.subject for event in events if event.action in (SCORED, CHANGED))
            seq = events[-1].seq
        runs = [row.run.id for row in unit.tasks.runs()]
        left = [name for (_run, name), state in unit.tasks.states(runs).items() if state.is_open]
        done = [name for (_run, name), state in unit.tasks.states(runs).items() if state is TaskState.DONE]
    unscored = [name for name in done if scored[name] != 1]
    return tuple(sorted({*unscored, *left, *(name for name, times in scored.items() if times > 1)}))


def _faults_of_chain(wiring: Wiring) -> str:
    found = wiring.audit.verify()
    return str(found.fault or "")


def contacts_of(day: Path) -> int:
    """Rows of its contacts.csv."""
    with (day / "contacts.csv").open(encoding="utf-8", newline="") as file:
        return sum(1 for _row in csv.DictReader(file))
