"""Hosts with a network, a name and processes of their own on one machine: what it takes to cut one off for real.

Each is a Linux network namespace on a common bridge (needs root). They share this machine's disk and processors.
"""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Thread
from typing import Self

PROGRAMS = ("ip", "unshare", "hostname")


def why_not() -> str:
    """Why hosts can't be made here; empty where they can."""
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        return f"needs {', '.join(missing)}"
    if os.geteuid():
        return "needs root (network namespaces)"
    tried = subprocess.run(["ip", "netns", "list"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else f"ip netns: {tried.stderr.decode().strip()}"


class NetworkHosts:
    """A context: hosts `a`, `b`, … on a bridge that this process has the first address of.

    Attributes:
        bridge: this process's address, at which the hosts reach what `forward` offers.
    """

    def __init__(self, names: Sequence[str] = ("a", "b")) -> None:
        self._net = f"198.18.{os.getpid() % 250}"  # set aside for measurements between networks (RFC 2544)
        self._mark = f"qm{os.getpid() % 100_000}"
        self._numbers = {name: at + 11 for at, name in enumerate(names)}
        self._undo = ExitStack()
        self.bridge = f"{self._net}.1"

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            self._build(undo)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def _build(self, undo: ExitStack) -> None:
        _ip(f"link add {self._mark} type bridge")
        undo.callback(_ip, f"link del {self._mark}", check=False)
        _ip(f"addr add {self.bridge}/24 dev {self._mark}")
        _ip(f"link set {self._mark} up")
        for name, number in self._numbers.items():
            space, cable = self._space(name), self._cable(name)
            _ip(f"netns add {space}")
            undo.callback(_ip, f"netns del {space}", check=False)
            undo.callback(self.kill, name)
            _ip(f"link add {cable} type veth peer name eth0 netns {space}")
            undo.callback(_ip, f"link del {cable}", check=False)
            _ip(f"link set {cable} master {self._mark}")
            _ip(f"link set {cable} up")
            _ip(f"-n {space} addr add {self._net}.{number}/24 dev eth0")
            _ip(f"-n {space} link set eth0 up")
            _ip(f"-n {space} link set lo up")

    def _space(self, name: str) -> str:
        return f"{self._mark}-{name}"

    def _cable(self, name: str) -> str:
        return f"{self._mark}{name}"

    def address(self, name: str) -> str:
        """Of a host."""
        return f"{self._net}.{self._numbers[name]}"

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> "subprocess.Popen[bytes]":
        """A process on a host, under the host's name; what it prints goes into `log`."""
        inside = ["sh", "-c", f'hostname host-{name}; exec "$@"', "-", *command]
        with log.open("ab") as file:
            return subprocess.Popen(
                ["ip", "netns", "exec", self._space(name), "unshare", "--uts", *inside],
                env={**os.environ, **environment}, stdout=file, stderr=file, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip

    def cut(self, name: str) -> None:
        """Pull the host's network cable: nothing is closed, packets just don't arrive any more."""
        _ip(f"link set {self._cable(name)} down")

    def mend(self, name: str) -> None:
        """Plug it in again."""
        _ip(f"link set {self._cable(name)} up")

    def kill(self, name: str) -> int:
        """End every process of a host at once, as a power cut would; returns how many there were."""
        found = _ip(f"netns pids {self._space(name)}", check=False).split()
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        return len(found)

    def forward(self, port: int) -> int:
        """Offer a port of 127.0.0.1 at the bridge's address, under the number that is returned."""
        server = socket.create_server((self.bridge, 0))
        self._undo.callback(server.close)
        Thread(target=_accept, args=(server, port), daemon=True).start()
        return int(server.getsockname()[1])


def _accept(server: socket.socket, port: int) -> None:
    with suppress(OSError):  # closed: the hosts are gone
        while True:
            theirs, _address = server.accept()
            try:
                ours = socket.create_connection(("127.0.0.1", port))
            except OSError:  # what is offered is away: so is the caller's connection
                theirs.close()
                continue
            for source, target in ((theirs, ours), (ours, theirs)):
                Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _ip(arguments: str, *, check: bool = True) -> str:
    done = subprocess.run(["ip", *arguments.split()], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise OSError(f"ip {arguments}: {done.stderr.strip()}")
    return done.stdout
