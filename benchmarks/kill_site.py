"""A whole site on this machine, every part of which may be killed and comes back as a service manager would have it."""

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.api_load import Answers, Mix, ask, looker
from benchmarks.servers import fresh_settings
from benchmarks.services import Service, environment_of, free_port, wait_for_port
from benchmarks.stopwatch import descendants
from pipelines.wiring import Wiring
from qm.config import Settings
from qm.domain.people import Right
from qm.errors import StorageError

if TYPE_CHECKING:
    from tests.postgres_server import PostgresServer
    from tests.s3_server import S3Server

PARTS = ("run", "worker", "executor", "api", "database", "objects")
WORKED_THROUGH = (0, 1)
"""Exit codes of `qm run`: done, or done with quarantined contacts."""
LOOKS_A_SECOND = 5.0
FIRST_CONTACTS = 20


class Site:
    """PostgreSQL, an S3 server, pages, a worker and `qm run`.

    Args:
        executor: of `qm worker`; `qm run` works in its own process beside it.
    """

    def __init__(
        self, settings: Settings, root: Path, day: Path, postgres: "PostgresServer", s3: "S3Server", executor: str
    ) -> None:
        self.settings = _settings(settings, root, postgres, s3)
        self._postgres, self._s3 = postgres, s3
        self._port = free_port()
        here, elsewhere = (environment_of(replace(self.settings, executor=name)) for name in ("inprocess", executor))
        cli = ("-m", "pipelines.cli")
        self.run = Service("run", (*cli, "run", str(day), "--json"), here, root / "run.log")
        self.worker = Service("worker", (*cli, "worker"), elsewhere, root / "worker.log")
        self.api = Service("api", ("-m", "api"), here | {"QM_PORT": str(self._port)}, root / "api.log")
        self._contacts = _first_contacts(day)
        self._looker = looker(self.settings, Right.CONTACT_READ)
        self.kills: dict[str, int] = dict.fromkeys(PARTS, 0)
        self.restarts = 0

    def start(self, *, alone: bool = False) -> None:
        """Start everything; `alone`: only `qm run`."""
        if not alone:
            self.api.start()
            wait_for_port(self.api, self._port)
            self.worker.start()
        self.run.start()

    def stop(self) -> None:
        """End what runs."""
        for service in (self.run, self.worker, self.api):
            service.stop()

    def keep_up(self) -> bool:
        """Start again what has ended by itself; false once `qm run` has worked the day through."""
        if not self.run.is_running() and self.run.wait() in WORKED_THROUGH:
            return False
        for service in (self.run, self.worker, self.api):
            if service.starts and not service.is_running():
                service.start()
                self.restarts += 1
        return True

    def kill(self, part: str) -> bool:
        """SIGKILL to a part, and its start; false where there was nothing to kill."""
        killed = self._killers()[part]()
        self.kills[part] += killed
        return killed

    def look(self, over: Callable[[], bool]) -> Answers:
        """What people who look at pages see meanwhile."""
        mixes = [
            Mix("list", 0.5, lambda _draw: "/api/v1/contacts?size=20"),
            Mix("contact", 0.5, lambda draw: f"/api/v1/contacts/{draw.choice(self._contacts)}"),
        ]
        return ask(f"http://127.0.0.1:{self._port}", mixes, LOOKS_A_SECOND, over, self._looker)

    def _killers(self) -> dict[str, Callable[[], bool]]:
        return {
            "run": lambda: self._restart(self.run), "worker": lambda: self._restart(self.worker),
            "api": lambda: self._restart(self.api), "executor": self._kill_executor,
            "database": self._kill_database, "objects": self._kill_objects,
        }  # fmt: skip

    @staticmethod
    def _restart(service: Service) -> bool:
        if not service.is_running():
            return False
        service.kill()
        service.start()
        return True

    def _kill_executor(self) -> bool:
        """A worker that sits in another process than the one that was started: a child, or a Ray actor."""
        wiring = Wiring(self.settings)
        try:
            with wiring.database.reading() as unit:
                pids = [row.pid for row in unit.tasks.workers()]
        except StorageError:
            return False
        finally:
            wiring.database.close()
        ours = {service.pid for service in (self.run, self.worker) if service.is_running()}
        with suppress(ProcessLookupError):
            for pid in pids:
                if pid not in ours and _is_worker(pid):
                    os.kill(pid, signal.SIGKILL)
                    return True
        return False

    def _kill_database(self) -> bool:
        for pid in (*descendants(self._postgres.pid), self._postgres.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._postgres.restart(signal.SIGKILL)
        return True

    def _kill_objects(self) -> bool:
        self._s3.kill()
        self._s3.start()
        return True


def _is_worker(pid: int) -> bool:
    """True for a process of ours: an id may have been given out anew."""
    with suppress(OSError):
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
        return any(word in line for word in (b"multiprocessing", b"ray::", b"pipelines"))
    return False


def _settings(settings: Settings, root: Path, postgres: "PostgresServer", s3: "S3Server") -> Settings:
    bucket = s3.new_bucket()
    return fresh_settings(
        settings, root / "data", postgres, objects=f"s3://{bucket}/calls", s3_endpoint=s3.endpoint,
        s3_key=s3.environment(bucket)["QM_S3_KEY"], s3_secret_file=str(s3.secret_file), language="it",
    )  # fmt: skip


def _first_contacts(day: Path) -> Sequence[str]:
    lines = (day / "contacts.csv").read_text(encoding="utf-8").splitlines()[1 : 1 + FIRST_CONTACTS]
    return [line.split(",")[0] for line in lines]
