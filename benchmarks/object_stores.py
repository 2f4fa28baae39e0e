"""`qm bench objects`: what it takes to store, fetch and play recordings in a folder and in a bucket; and memory."""

import io
import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import TypeVar

from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.servers import s3_server
from pipelines.commands.context import CommandContext, emit_json
from qm.config import Settings
from qm.ports import ObjectStore
from qm.storage.objects import make_objects

MEGABYTE = 1 << 20
T = TypeVar("T")
R = TypeVar("R")
RANGE_BYTES = 64 << 10
"""What a player asks for at once."""


def main(context: CommandContext, *, count: int, kilobytes: int, large_mb: int, as_json: bool) -> None:
    """Measure and print. A bucket of the settings is measured where there is one, else one of a server of our own."""
    figures: dict[str, BenchFigure] = {}
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qm-objects-")))
        for name, settings in _sites(context.settings, place, stack).items():
            measured = _measure(settings, count, kilobytes << 10, large_mb * MEGABYTE)
            figures |= {f"{name}: {told}": figure for told, figure in measured.items()}
    if as_json:
        emit_json(Bench("objects", machine(), figures))
        return
    for told, figure in figures.items():
        context.out.print(figure_line(told, figure))


def _sites(settings: Settings, place: Path, stack: ExitStack) -> dict[str, Settings]:
    folder = replace(settings, data=place / "folder", objects=place / "folder" / "objects")
    if isinstance(settings.objects, str):
        bucket = replace(settings, data=place / "bucket", objects=f"{settings.objects}/bench-{os.getpid()}")
    else:
        server = stack.enter_context(s3_server())
        bucket = replace(
            settings, data=place / "bucket", objects=f"s3://{server.new_bucket()}/calls", s3_endpoint=server.endpoint,
            s3_key=server.environment("")["QM_S3_KEY"], s3_secret_file=str(server.secret_file),
        )  # fmt: skip
    return {"folder": folder, "bucket": bucket}


def _measure(settings: Settings, count: int, size: int, large: int) -> dict[str, BenchFigure]:
    store, elsewhere = make_objects(settings), make_objects(replace(settings, data=settings.data / "elsewhere"))
    contents = [os.urandom(size) for _ in range(count)]
    put, names = _each(contents, lambda content: store.put(io.BytesIO(content)))
    again, _ = _each(contents, lambda content: store.put(io.BytesIO(content)))
    here, _ = _each(names, store.path)
    there, _ = _each(names, elsewhere.path)
    played, _ = _each(names, lambda name: _read(store, name, size // 2, size // 2 + RANGE_BYTES))
    grown, seconds = _large(store, large)
    for name in [item.sha256 for item in store.every()]:
        store.erase(name)
    told = f"recordings of {size / MEGABYTE:.3g} MiB"
    return {
        f"{told} stored": _figure(put), f"{told} stored again": _figure(again),
        f"{told} as a file, on the host that stored them": _figure(here),
        f"{told} as a file, on another host": _figure(there),
        f"{RANGE_BYTES >> 10} KiB out of the middle, for a player": _figure(played),
        f"one of {large / MEGABYTE:.0f} MiB stored and read": BenchFigure(2 * large / MEGABYTE / seconds, "MiB/s", 1),
        f"memory grown by that of {large / MEGABYTE:.0f} MiB": BenchFigure(grown, "MB", 1),
    }  # fmt: skip


def _each(items: list[T], do: Callable[[T], R]) -> tuple[list[float], list[R]]:
    """Milliseconds of each, and what came of it."""
    spent, found = [], []
    for item in items:
        began = perf_counter()
        found.append(do(item))
        spent.append(1000 * (perf_counter() - began))
    return spent, found


def _figure(spent: list[float]) -> BenchFigure:
    """The median; nine in ten took no longer than the `peer`."""
    return BenchFigure(median(spent), "ms", len(spent), peer=f"nine in ten within {quantiles(spent, n=10)[-1]:.3g} ms")


def _read(store: ObjectStore, name: str, *part: int) -> int:
    with store.open(name, *part) as pieces:
        return sum(len(piece) for piece in pieces)


class _Stream(io.RawIOBase):
    """Bytes that nobody holds: each piece is made when it's asked for."""

    def __init__(self, size: int) -> None:
        self._left = self._pieces(size)

    def read(self, size: int = -1, /) -> bytes:  # noqa: ARG002 - gives what comes next
        return next(self._left, b"")

    @staticmethod
    def _pieces(size: int) -> Iterator[bytes]:
        for at in range(0, size, MEGABYTE):
            yield os.urandom(min(MEGABYTE, size - at))


def _large(store: ObjectStore, size: int) -> tuple[float, float]:
    """Megabytes by which the most ever used grew, and seconds."""
    before, began = _most_used(), perf_counter()
    _read(store, store.put(_Stream(size)))  # type: ignore[arg-type]
    return _most_used() - before, perf_counter() - began


def _most_used() -> float:
    """Megabytes of this process's memory at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
