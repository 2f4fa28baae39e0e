"""Debian's PostgreSQL, started by the tests on loopback in a folder of its own, and ended by its own process id.

Databases sort by Italian rules (ICU) where the server can, so that an ORDER BY which leans on the database's own order
instead of that of the columns is found out.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO
from urllib.parse import quote

USER = "postgres"
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
READY = "database system is ready to accept connections"
QUICK = {
    "listen_addresses": "127.0.0.1", "fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB",
    "max_connections": "100", "jit": "off", "autovacuum": "off", "log_min_messages": "warning",
    "lc_messages": "C",
}  # fmt: skip
"""The machine itself doesn't crash in a test, so nothing is flushed to the disk; a commit still outlives the server."""
PR_SET_PDEATHSIG = 1


def find_binaries() -> Path | None:
    """The folder of `initdb` and `postgres`, or `None` where PostgreSQL isn't installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(folder for place in PLACES for folder in Path("/").glob(place.lstrip("/")))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


class PostgresServer:
    """One server. `stop`, `kill` and `start` may follow each other in any order: the data stays until `remove`.

    Args:
        binaries: as `find_binaries` tells.
        folder: of a server that shall be found again, or `None` for a new one; `remove` deletes either.
        options: server settings over `QUICK`.
    """

    def __init__(self, binaries: Path, folder: Path | None = None, **options: str) -> None:
        self.binaries = binaries
        self.folder = folder or Path(tempfile.mkdtemp(prefix="qm-postgres-", dir="/tmp"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = _free_port()
        self.log: list[str] = []
        self._options = QUICK | options
        self._process: subprocess.Popen[str] | None = None
        self._user = USER if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, USER, USER)
        if not self.data.exists():
            self._make()

    @property
    def data(self) -> Path:
        """The server's own files."""
        return self.folder / "data"

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Start and wait until it answers; a server that ends instead raises `RuntimeError` with its log."""
        self.log = []
        self._process = subprocess.Popen(
            [*self._named("postgres"), "-p", str(self.port), "-k", str(self.folder), *self._settings()],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}, preexec_fn=_end_with_parent,  # noqa: PLW1509 - one call of libc
            user=self._user, group=self._user,
        )  # fmt: skip
        assert self._process.stderr
        for line in self._process.stderr:
            self.log.append(line)
            if READY in line:
                break
        else:
            raise RuntimeError("PostgreSQL doesn't start: " + "".join(self.log))
        # Nobody reads the log any more; a full pipe would stop the server.
        threading.Thread(target=self._drain, args=(self._process.stderr,), daemon=True).start()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it and wait for it: SIGINT breaks connections off, SIGQUIT and SIGKILL are crashes."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
        if self._process is not None:
            self._process.wait(60)
            self._process = None

    def restart(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End and start again."""
        self.stop(how)
        self.start()

    def remove(self) -> None:
        """End it and delete its files."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres", user: str = USER) -> str:
        """Address of a database, as the setting DATABASE_URL takes it."""
        return f"postgresql://{quote(user)}@127.0.0.1:{self.port}/{database}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Statements outside any transaction, as the server's owner."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def create(self, name: str, template: str = "") -> str:
        """A new database, empty or a copy; returns its address."""
        rules = f"TEMPLATE {template}" if template else self._rules()
        self.run(f"CREATE DATABASE {name} {rules}")
        return self.url(name)

    def drop(self, name: str) -> None:
        """Delete a database, connections and all."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _rules(self) -> str:
        return "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'it-IT' LOCALE 'C.UTF-8'"

    def _named(self, program: str) -> list[str]:
        return [str(self.binaries / program), "-D", str(self.data)]

    def _settings(self) -> list[str]:
        return [part for name, value in self._options.items() for part in ("-c", f"{name}={value}")]

    def _make(self) -> None:
        command = [*self._named("initdb"), "-U", USER, "--auth=trust", "-E", "UTF8",
                   "--locale=C.UTF-8", "--no-sync", "--no-instructions"]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, user=self._user, group=self._user)

    def _drain(self, stream: IO[str]) -> None:
        for line in stream:
            self.log.append(line)
        stream.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _end_with_parent() -> None:
    """A test run that is killed leaves no server behind: Linux sends its children SIGQUIT, which ends PostgreSQL."""
    if hasattr(ctypes, "CDLL") and Path("/proc/self").exists():
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
