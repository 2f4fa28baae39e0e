"""`qm bench audit`: what the audit trail costs to write and to check, on SQLite and on PostgreSQL."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.servers import POSTGRESQL, SQLITE, postgresql_server
from pipelines.commands.context import CommandContext, emit_json
from qm.config import REPOSITORY
from qm.errors import InputError
from qm.services.audit import AuditService, verify_export
from qm.storage.audit_anchors import FileAnchors
from qm.storage.database import Database

AT_ONCE = 5_000
"""Events a transaction while the chain is filled."""
SMALL = 1_000
"""Transactions of which the time is taken one by one."""
CHECK = "import sys; from benchmarks.audit_trail import check_alone; check_alone(*sys.argv[1:])"


def main(context: CommandContext, *, events: int, databases: tuple[str, ...], as_json: bool) -> None:
    """Measure and print."""
    figures: dict[str, BenchFigure] = {}
    for name in databases:
        with tempfile.TemporaryDirectory() as folder, _address(name, Path(folder)) as url:
            database = Database(url)
            database.upgrade()
            found = {f"{name}: {told}": figure for told, figure in _measure(database, Path(folder), events).items()}
            database.close()
        figures |= found
        for told, figure in found.items() if not as_json else ():
            context.out.print(figure_line(told, figure))  # at once: the next database takes as long again
    if as_json:
        emit_json(Bench("audit", machine(), figures))


@contextmanager
def _address(name: str, folder: Path) -> Iterator[str]:
    if name == SQLITE:
        yield f"sqlite:///{folder / 'q.db'}"
    elif name == POSTGRESQL:
        with postgresql_server() as server:
            yield server.create("audit")
    else:
        raise InputError("bench.unknown_part", f"no database '{name[:60]}'", f"known: {SQLITE}, {POSTGRESQL}")


def _measure(database: Database, folder: Path, events: int) -> dict[str, BenchFigure]:
    service = _service(database, folder)
    with_note, without = _paired(database)
    wrote_s = _timed(lambda: _fill(database, events))
    late = events - events // 10
    tenth_s, whole_s = _timed(lambda: _whole(service, late)), _timed(lambda: _whole(service, 1))
    tenth_mb, whole_mb = (_peak_mb(database, folder, start) for start in (late, 1))
    file = folder / "audit.jsonl"
    export_s = _timed(lambda: _export(service, file))
    file_s = _timed(lambda: _check_file(file))
    n = events
    return {
        "one event in a transaction of its own": BenchFigure(with_note, "ms", SMALL, peer=f"without: {without:.2f} ms"),
        "events written, 5,000 a transaction": BenchFigure(events / wrote_s, "a second", n),
        "events checked": BenchFigure(events / whole_s, "a second", n, peer=f"last tenth: {events / 10 / tenth_s:.0f}"),
        "most memory while checking": BenchFigure(whole_mb, "MB", n, peer=f"last tenth: {tenth_mb:.0f} MB"),
        "events exported with details": BenchFigure(events / export_s, "a second", n),
        "exported events checked": BenchFigure(events / file_s, "a second", n),
    }


def _fill(database: Database, events: int) -> None:
    for start in range(0, events, AT_ONCE):
        with database.unit_of_work() as unit:
            for place in range(start, min(start + AT_ONCE, events)):
                if place % 2:
                    unit.audit.note("transcript.viewed", "contact", f"C-{place % 50_000}", actor=f"A{place % 40}")
                else:
                    after = [f"ev-{place:016x}"]
                    unit.audit.note(
                        "evaluation.changed", "contact", f"C-{place % 50_000}", before=["ev-0"], after=after
                    )


def _paired(database: Database) -> tuple[float, float]:
    """Milliseconds of a small write with an event and without one, taken in turn; the medians."""
    spent: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(SMALL):
        for is_noted in (True, False):
            began = perf_counter()
            with database.unit_of_work() as unit:
                unit.documents.save("bench", "audit", f"{turn}")
                if is_noted:
                    unit.audit.note("recording.played", "contact", f"C-{turn}")
            spent[is_noted].append(1000 * (perf_counter() - began))
    return sorted(spent[True])[SMALL // 2], sorted(spent[False])[SMALL // 2]


def _whole(service: AuditService, start: int) -> None:
    found = service.verify(start)
    if not found.is_whole:
        raise RuntimeError(f"the chain isn't whole: {found.fault}")


def _export(service: AuditService, file: Path) -> None:
    with file.open("w", encoding="utf-8") as target:
        target.writelines(service.export(None, as_csv=False, with_details=True))


def _check_file(file: Path) -> None:
    with file.open(encoding="utf-8") as lines:
        verify_export(lines, str(file))


def _timed(work: Callable[[], None]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _peak_mb(database: Database, folder: Path, start: int) -> float:
    """The most memory that a process holds which does nothing but check the chain from an event on."""
    words = [sys.executable, "-c", CHECK, database.url, str(folder), str(start)]
    return float(subprocess.run(words, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout)


def check_alone(url: str, folder: str, start: str) -> None:
    """Check a chain and print the most memory that was held, in MB."""
    _whole(_service(Database(url), Path(folder)), int(start))
    # Not `ru_maxrss`: Linux hands the starting process's peak on to it.
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    print(int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024)


def _service(database: Database, folder: Path) -> AuditService:
    return AuditService(database.unit_of_work, database.reading, FileAnchors(folder), lambda: datetime.now(UTC))
