"""What the stages of a contact compute, told apart from what it takes to keep and to queue it."""

import os
import resource
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, TypeVar

from pipelines.stage import QuickStage, Stage, TogetherStage
from qm.errors import ContactError
from qm.ports import Unit
from qm.units import Seconds

T = TypeVar("T")
TICK_S: Seconds = 1 / os.sysconf("SC_CLK_TCK")
MEGABYTE = 1024 * 1024


@dataclass
class Spent:
    """Seconds by stage, on the clock and of the processor."""

    wall: dict[str, Seconds] = field(default_factory=dict)
    processor: dict[str, Seconds] = field(default_factory=dict)

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        """Count what the block takes."""
        wall, processor = perf_counter(), process_time()
        try:
            yield
        finally:
            self.wall[stage] = self.wall.get(stage, 0.0) + perf_counter() - wall
            self.processor[stage] = self.processor.get(stage, 0.0) + process_time() - processor


class TimedStage:
    """A stage whose computing is timed; what it reads and writes isn't."""

    def __init__(self, stage: Stage[Any, Any], spent: Spent) -> None:
        self.name = stage.name
        self._stage = stage
        self._spent = spent

    def fingerprint(self, unit: Unit, contact_id: str) -> str:
        """The stage's own."""
        return self._stage.fingerprint(unit, contact_id)

    def needs(self, unit: Unit, contact_id: str) -> Any:
        """The stage's own."""
        return self._stage.needs(unit, contact_id)

    def run(self, needs: Any) -> Any:
        """Compute, by the clock."""
        with self._spent.on(self.name):
            return self._stage.run(needs)

    def publish(self, unit: Unit, contact_id: str, output: Any) -> None:
        """The stage's own."""
        self._stage.publish(unit, contact_id, output)


class TimedQuickStage(TimedStage):
    """The same for one that may share a transaction: it's to be measured as it runs."""

    def is_quick(self, needs: Any) -> bool:
        """The stage's own."""
        quick: Any = self._stage
        return bool(quick.is_quick(needs))

    def is_instant(self, needs: Any) -> bool:
        """The stage's own."""
        quick: Any = self._stage
        return bool(quick.is_instant(needs))


class TimedTogetherStage(TimedStage):
    """The same for one that does several contacts at once."""

    def run_together(self, needs: Sequence[Any]) -> Sequence[Any | ContactError]:
        """Compute, by the clock."""
        together: Any = self._stage
        with self._spent.on(self.name):
            outputs: Sequence[Any | ContactError] = together.run_together(needs)
            return outputs


def timed(stages: Sequence[Stage[Any, Any]], spent: Spent) -> tuple[Stage[Any, Any], ...]:
    """The same stages, timed."""
    return tuple(_kind(stage)(stage, spent) for stage in stages)


def _kind(stage: Stage[Any, Any]) -> type[TimedStage]:
    if isinstance(stage, TogetherStage):
        return TimedTogetherStage
    return TimedQuickStage if isinstance(stage, QuickStage) else TimedStage


def peak_mib() -> float:
    """Most memory that this process has had, and the largest of its children that have ended, MiB."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(kind).ru_maxrss for kind in kinds) * 1024 / MEGABYTE


def processor_s(pid: int) -> Seconds:
    """Processor time of a process and of all that it started, ended ones included; Linux."""
    rows = _rows()
    return sum(rows[each][1] for each in (pid, *_below(pid, rows)) if each in rows)


def descendants(pid: int) -> tuple[int, ...]:
    """What a process started, and what that started; Linux."""
    return _below(pid, _rows())


def _below(pid: int, rows: Mapping[int, tuple[int, Seconds]]) -> tuple[int, ...]:
    found: list[int] = []
    left = [pid]
    while left:
        at = left.pop()
        children = [own for own, (parent, _seconds) in rows.items() if parent == at]
        found += children
        left += children
    return tuple(found)


def _rows() -> dict[int, tuple[int, Seconds]]:
    """Parent and processor time of every process."""
    read = (_read_stat(folder) for folder in Path("/proc").glob("[0-9]*"))
    return {own: (parent, seconds) for own, parent, seconds in filter(None, read)}


def _read_stat(folder: Path) -> tuple[int, int, float] | None:
    try:
        text = (folder / "stat").read_text()
    except OSError:  # it has ended meanwhile
        return None
    fields = text[text.rindex(")") + 2 :].split()
    return int(folder.name), int(fields[1]), sum(map(int, fields[11:15])) * TICK_S


def load() -> str:
    """What else the machine does: its load over one and five minutes."""
    return " ".join(f"{value:.1f}" for value in os.getloadavg()[:2])


def with_load(peer: str, measure: Callable[[], T]) -> tuple[T, str]:
    """A measurement and how busy the machine was before and after."""
    before = load()
    found = measure()
    return found, f"{peer}; load {before} before, {load()} after" if peer else f"load {before} before, {load()} after"
