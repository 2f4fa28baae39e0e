"""`qm bench hosts`: two hosts under Ray, one of which is lost in mid-run. Needs root, PostgreSQL and Ray.

The hosts are network namespaces of this machine; recognition is scripted, and slow enough to be caught at it. Asked is
what became of the contacts that the lost host held, how soon, and whether the content is that of an undisturbed run.
"""

import dataclasses
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from time import sleep, time
from typing import Any

from benchmarks.executors_made import PacedTranscriber, make_day
from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.network_hosts import NetworkHosts, why_not
from pipelines.commands.context import CommandContext, emit_json
from pipelines.wiring import Wiring
from qm.config import Settings, read_settings
from qm.errors import InputError
from qm.storage.database import Database

RAY_PORT = 6399
CUT, KILL = "cut", "kill"
HEALTH = {
    "RAY_health_check_period_ms": "3000",
    "RAY_health_check_timeout_ms": "5000",
    "RAY_health_check_failure_threshold": "3",
}
"""With Ray's own values a host whose network is cut is given up after 65 s only (measured)."""
LOST = "b"


@dataclasses.dataclass(frozen=True)
class Loss:
    """What a fault did.

    Attributes:
        held: contacts that the lost host held in that moment.
        back_s: from the fault until the last of them was done.
        end_s: from the fault until the run was over.
        again: executions beyond one a contact.
        twice: contacts that were scored more than once.
    """

    fault: str
    contacts: int
    held: int
    back_s: float
    end_s: float
    again: int
    twice: int
    is_equal: bool


def main(context: CommandContext, *, contacts: int, faults: Sequence[str], lease_s: int, as_json: bool) -> None:
    """One run a fault, on hosts of its own."""
    from tests.postgres_server import PostgresServer, find_binaries

    binaries = find_binaries()
    if reason := why_not() or ("" if binaries else "PostgreSQL isn't installed"):
        raise InputError("bench.no_hosts", f"two hosts can't be made here: {reason}", "run it as root on Linux")
    if unknown := sorted(set(faults) - {CUT, KILL}):
        raise InputError("bench.unknown_part", f"no fault '{unknown[0]}'", f"there are {CUT}, {KILL}")
    assert binaries
    server = PostgresServer(binaries)
    server.start()
    try:
        losses = [lose(context.settings, server, fault, contacts, lease_s) for fault in faults]
    finally:
        server.remove()
    figures = {name: figure for loss in losses for name, figure in _figures(loss, lease_s).items()}
    if as_json:
        emit_json(Bench("hosts", machine(), figures))
        return
    for label, figure in figures.items():
        context.out.print(figure_line(label, figure), markup=False)


def lose(settings: Settings, server: Any, fault: str, contacts: int, lease_s: int) -> Loss:
    """One run of which one host is lost."""
    with tempfile.TemporaryDirectory(prefix="qm-hosts-") as name:
        root = Path(name)
        day = make_day(root / "day", contacts)
        wanted = _undisturbed(settings, day, root / "quiet")
        url = server.create(f"hosts_{fault}")
        database = Database(url)
        database.upgrade()
        try:
            with NetworkHosts() as hosts, _cluster(hosts, settings, root, server.port, url, lease_s) as told:
                work = [sys.executable, "-c", f"from benchmarks.executors_made import main; main({str(day)!r})"]
                driver = hosts.start("a", work, told["a"], root / "log")
                held, at = _strike(hosts, database, fault, contacts, driver)
                if driver.wait():
                    raise InputError("bench.failed", (root / "log").read_text()[-2000:], "")
                return _judged(database, fault, contacts, held, at, wanted)
        finally:
            database.close()


def _undisturbed(settings: Settings, day: Path, data: Path) -> str:
    quiet = read_settings({"QM_DATA": str(data), "QM_RULES": str(settings.rules)}, data.parent)
    wiring = Wiring(quiet, transcriber=PacedTranscriber(0.0))
    wiring.database.upgrade()
    wiring.batch.run(day, lambda _step: None, lambda _total: None)
    try:
        return wiring.database.content_fingerprint()
    finally:
        wiring.database.close()


@contextmanager
def _cluster(
    hosts: NetworkHosts, settings: Settings, root: Path, port: int, url: str, lease_s: int
) -> Iterator[Mapping[str, Mapping[str, str]]]:
    """Ray on both hosts; yields each host's environment."""
    offered = hosts.forward(port)
    common = {
        **HEALTH, "RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token_hex(32),
        "QM_DATABASE_URL": url.replace(f"127.0.0.1:{port}", f"{hosts.bridge}:{offered}"),
        "QM_OBJECTS": str(root / "objects"), "QM_RULES": str(settings.rules), "QM_EXECUTOR": "ray",
        "QM_RAY_ADDRESS": f"{hosts.address('a')}:{RAY_PORT}", "QM_LEASE_S": str(lease_s), "QM_WORKERS": "2",
        "QM_ISOLATE": "no",
    }  # fmt: skip
    environments = {name: {**common, "QM_DATA": str(root / name)} for name in "ab"}
    ray = [sys.executable, "-m", "ray.scripts.scripts", "start", "--num-cpus=1", "--object-store-memory=80000000",
           "--disable-usage-stats", "--block"]  # fmt: skip
    head = [*ray, "--head", f"--port={RAY_PORT}", "--include-dashboard=false"]
    joins = [*ray, f"--address={hosts.address('a')}:{RAY_PORT}"]
    for name, command in (("a", head), ("b", joins)):
        own = [f"--node-ip-address={hosts.address(name)}", f"--temp-dir={root / f'ray-{name}'}"]
        hosts.start(name, [*command, *own], environments[name], root / f"ray-{name}.log")
        _wait_for(root / f"ray-{name}.log", "Ray runtime started")
    yield environments


def _wait_for(log: Path, text: str) -> None:
    until = time() + 120
    while text not in log.read_text(encoding="utf-8", errors="replace"):
        if time() > until:
            raise InputError("bench.failed", f"Ray didn't start: {log.read_text()[-500:]}", "")
        sleep(0.2)


def _strike(hosts: NetworkHosts, database: Database, fault: str, contacts: int, driver: Any) -> tuple[set[str], float]:
    """Wait until a quarter is done and both hosts are at work; then lose one. What it held, and when."""
    while True:
        if driver.poll() is not None:
            raise InputError("bench.failed", "the run was over before the fault", "more --contacts")
        with database.unit_of_work() as unit:
            tasks = unit.connection.exec_driver_sql("SELECT contact_id, state, owner FROM tasks").all()
            now = unit.tasks.now()
        held = {row.contact_id for row in tasks if row.state == "leased" and row.owner.startswith(f"host-{LOST}#")}
        others = {row.contact_id for row in tasks if row.state == "leased"} - held
        if held and others and sum(row.state == "done" for row in tasks) >= contacts // 4:
            break
        sleep(0.05)
    (hosts.cut if fault == CUT else hosts.kill)(LOST)
    return held, now


def _judged(database: Database, fault: str, contacts: int, held: set[str], at: float, wanted: str) -> Loss:
    with database.unit_of_work() as unit:
        tasks = unit.connection.exec_driver_sql("SELECT contact_id, state, until_s, token FROM tasks").all()
        events = unit.connection.exec_driver_sql(
            "SELECT subject, count(*) AS n FROM audit_events WHERE action = 'evaluation.scored' GROUP BY subject"
        ).all()
    usual = min((row.n for row in events), default=0)
    ends = {row.contact_id: row.until_s for row in tasks if row.state == "done"}
    return Loss(
        fault, contacts, len(held), round(max(ends[name] for name in held) - at, 2), round(max(ends.values()) - at, 2),
        sum(row.token - 1 for row in tasks), sum(row.n > usual for row in events),
        len(ends) == contacts and database.content_fingerprint() == wanted,
    )  # fmt: skip


def _figures(loss: Loss, lease_s: int) -> dict[str, BenchFigure]:
    name, n = loss.fault, loss.contacts
    note = f"QM_LEASE_S={lease_s}; {loss.held} contacts were held by the lost host"
    return {
        f"{name}_done_again_after": BenchFigure(loss.back_s, "s", loss.held, target="<= 60", peer=note),
        f"{name}_run_over_after": BenchFigure(loss.end_s, "s", n),
        f"{name}_leased_again": BenchFigure(float(loss.again), "contacts", n, target=f"<= {loss.held}"),
        f"{name}_scored_twice": BenchFigure(float(loss.twice), "contacts", n, target="0"),
        f"{name}_content_equal": BenchFigure(
            float(loss.is_equal), "share", 1, target="1", peer="undisturbed run in process"
        ),
    }
