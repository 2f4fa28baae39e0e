"""Ray, started on this machine or joined: found, spoken to with a token, and left again."""

import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from secrets import token_hex
from typing import Any

from models.processor import count_cards, count_cores
from pipelines.stopping import SIGNALS
from qm.config import Settings, hand_on
from qm.errors import EngineError, SettingsError
from qm.operations.logs import hush_libraries, level_now

REACH_S = 10.0
"""A head that doesn't take a connection in so many seconds isn't there; Ray itself would try for 81 s, then exit."""
STORE_BYTES = 80_000_000
"""Of Ray's object store on this machine, about its least: only ids and outcomes go through it."""
FILES = "qm-ray-"
"""Begin of the name of a Ray's folder, before the process's number."""
SLOW = "timed out during startup"
"""What Ray says where its parts took more than 30 s: a busy machine deserves a second try."""

QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # Ray's telemetry is on unless refused
    "RAY_AUTH_MODE": "token",  # what `ray start` demands, and drivers don't offer by themselves
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".*",  # it would tell of dead actors on standard output, in the middle of our JSON
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # an actor without a card leaves CUDA_VISIBLE_DEVICES alone
}
LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""Ray of one machine then listens on 127.0.0.1; without it every part of it listens on all addresses."""


@contextmanager
def cluster(settings: Settings) -> Iterator[Any]:
    """The module `ray`, connected; what was started here is ended afterwards.

    Raises:
        EngineError: Ray isn't installed, the cluster can't be reached, or it doesn't let us in.
        SettingsError: `QM_RAY_ADDRESS` or `QM_RAY_TOKEN_FILE` can't be used.
    """
    _sweep()
    with tempfile.TemporaryDirectory(prefix=f"{FILES}{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        with _handlers_kept():
            ray = _joined(settings) if settings.ray_address else _started(settings, Path(folder))
        try:
            yield ray
        finally:
            ray.shutdown()


def _sweep() -> None:
    """Drop the files of Rays whose process was killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FILES}*-*"):
        pid = folder.name.removeprefix(FILES).partition("-")[0]
        if pid.isdecimal() and not Path("/proc", pid).exists():
            shutil.rmtree(folder, ignore_errors=True)  # another user's stays


@contextmanager
def _handlers_kept() -> Iterator[None]:
    """Ray takes SIGTERM for itself, and would end the process in the middle of a transaction."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                signal.signal(number, handler)


def _started(settings: Settings, folder: Path) -> Any:
    """A Ray of our own, for this machine alone."""
    hand_on({**QUIET, **LOOPBACK, "RAY_AUTH_TOKEN": token_hex(32)})
    ray = _imported()
    cpus = max(count_cores(), ceil(settings.workers * settings.worker_cpus))
    cards = {"num_gpus": count_cards()} if settings.worker_gpus else {"num_gpus": 0}
    options = {"num_cpus": cpus, **cards, "object_store_memory": STORE_BYTES, "include_dashboard": False}
    for tries_left in (1, 0):
        try:
            ray.init(**options, _temp_dir=str(folder), **_SILENT)
            break
        except (Exception, SystemExit) as error:  # re-raised as ours; Ray raises plain exceptions, and exits
            ray.shutdown()
            if tries_left and SLOW in str(error):
                continue
            hint = "see the message; QM_EXECUTOR=processes does without Ray"
            message = f"Ray can't start on this machine: {_line(error)}"
            raise EngineError("executor.ray_failed", message, hint) from error
    return ray


def _joined(settings: Settings) -> Any:
    """The site's cluster."""
    hand_on(QUIET)
    if settings.ray_token_file:
        hand_on({"RAY_AUTH_TOKEN": _token(Path(settings.ray_token_file))})
    ray = _imported()
    address = settings.ray_address
    if address != "auto":
        _reach(address)
    try:
        ray.init(address=address, **_SILENT)
    except ConnectionError as error:
        raise _refused(address, error) from error
    except (Exception, SystemExit) as error:  # re-raised as ours, as above
        hint = "every host needs the same Python and the same Ray; see `ray status`"
        raise EngineError("executor.ray_refused", f"Ray at {address} can't be joined: {_line(error)}", hint) from error
    return ray


_SILENT = {"log_to_driver": False, "configure_logging": False, "namespace": "qm"}


def _refused(address: str, error: Exception) -> EngineError:
    if address == "auto":
        hint = "`ray start --address=HEAD:6379` on this host first, or QM_RAY_ADDRESS=host:port"
        return EngineError("executor.ray_unreachable", "no Ray runs on this host", hint)
    hint = "the token of the cluster (`ray get-auth-token` on its head) belongs into QM_RAY_TOKEN_FILE"
    return EngineError("executor.ray_refused", f"Ray at {address} doesn't let us in: {_line(error)}", hint)


def _reach(address: str) -> None:
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isdecimal() or "/" in address:
        hint = "QM_RAY_ADDRESS=host:6379, auto, or empty for a Ray of this machine's own"
        raise SettingsError("settings.bad_value", f"QM_RAY_ADDRESS = '{address}' is no host:port", hint)
    try:
        socket.create_connection((host.strip("[]"), int(port)), REACH_S).close()
    except (OSError, OverflowError) as error:
        hint = "is the head up (`ray status` there), and its port open to this host?"
        raise EngineError("executor.ray_unreachable", f"no Ray at {address}: {_line(error)}", hint) from error


def _token(path: Path) -> str:
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        message = f"QM_RAY_TOKEN_FILE: {_line(error)}"
        raise SettingsError("settings.bad_value", message, "file with the token of the Ray cluster") from error
    if not token:
        message = f"QM_RAY_TOKEN_FILE: {path} is empty"
        raise SettingsError("settings.bad_value", message, "`ray get-auth-token` on the head prints it")
    return token


def _imported() -> Any:
    try:
        import ray
    except ImportError as error:
        hint = "pip install 'quality-equation[ray]', or set QM_EXECUTOR=processes"
        raise EngineError("executor.no_ray", f"QM_EXECUTOR=ray, but Ray can't be imported: {error}", hint) from error
    hush_libraries(level_now())
    return ray


def _line(error: BaseException) -> str:
    """The first line of what went wrong; Ray's messages go on for pages."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
