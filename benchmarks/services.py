"""Programs of the product as a service manager would have them: started with an environment, killed, started again."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from time import monotonic

from qm.config import Settings
from qm.errors import StorageError
from qm.units import Seconds

ROOT = Path(__file__).resolve().parent.parent
START_S: Seconds = 120.0
LOOK_S: Seconds = 0.1
KEPT = (
    "data", "database_url", "objects", "s3_endpoint", "s3_key", "s3_secret_file", "s3_region", "lease_s", "executor",
    "workers", "isolate", "model", "diariser", "group", "threads", "offline", "rules", "language", "attempts",
)  # fmt: skip
"""Settings that a bench changes and its programs must share."""


def environment_of(settings: Settings, **more: str) -> dict[str, str]:
    """The environment that gives a program these settings; nothing of ours from outside gets in."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("QM_")}
    values = {f"QM_{name.upper()}": _text(getattr(settings, name)) for name in KEPT}
    return own | values | {"PYTHONPATH": str(ROOT)} | more


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


class Service:
    """One program.

    Args:
        command: without the interpreter: `("-m", "api")`.
        log: what it prints, all starts one after the other.
    """

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self._command = (sys.executable, *command)
        self._environment = dict(environment)
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    @property
    def pid(self) -> int:
        """Of the running program."""
        assert self._process is not None
        return self._process.pid

    def is_running(self) -> bool:
        """False where it has ended, or wasn't started."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; it leads a group of its own, so that its children can be ended with it."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT,
                start_new_session=True,
            )  # fmt: skip
        self.starts += 1

    def kill(self) -> None:
        """SIGKILL to the program alone: what it started has to end by itself."""
        if self.is_running():
            self._signal(signal.SIGKILL)

    def stop(self, patience_s: Seconds = 30.0) -> int:
        """End it gently, and by force where it doesn't hear; its exit code."""
        if not self.is_running():
            return self.wait()
        self._signal(signal.SIGTERM)
        try:
            return self.wait(patience_s)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            return self.wait()

    def wait(self, timeout_s: Seconds | None = None) -> int:
        """Its exit code."""
        return self._process.wait(timeout_s) if self._process else 0

    def told(self) -> str:
        """The end of its log."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-2000:] if self._log.exists() else ""

    def _signal(self, which: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(which)
        if which is signal.SIGKILL:
            self._process.wait()


def free_port() -> int:
    """A port of loopback that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for_port(service: Service, port: int, patience_s: Seconds = START_S) -> None:
    """Return once it answers.

    Raises:
        StorageError: it ended, or doesn't answer in time; with what it printed.
    """
    until = monotonic() + patience_s
    while service.is_running() and monotonic() < until:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        Event().wait(LOOK_S)
    raise StorageError("bench.no_service", f"{service.name} doesn't answer: {service.told()}", "see what it printed")
