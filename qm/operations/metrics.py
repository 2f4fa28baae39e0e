"""Counting, for Prometheus. Cheap enough to stand anywhere: a dictionary and a lock; its client is imported when asked.

Worker processes and Ray actors hand on what they counted (`drain`) with their results, and the process that has the
port takes it in (`absorb`), so that one address tells of all of them.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from qm.operations.measures import MEASURES, PREFIX, Kind, Measure

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

MOST_SERIES = 500
"""Label sets a metric; what comes after goes under `other`, so that a flood of codes can't fill the memory."""
OTHER = "other"
Labels = tuple[str, ...]


@dataclass
class Series:
    """One metric under one set of labels. `spread` counts by bucket (not cumulated), the last one above all bounds."""

    total: float = 0.0
    spread: list[int] = field(default_factory=list)


Sample = tuple[str, Labels, float, tuple[int, ...]]
"""A series as it travels between processes: metric, labels, total, spread."""
Gauges = Callable[[], Iterable[tuple[str, Labels, float]]]
"""Asked for gauges when somebody looks: metric, labels, value."""


class Metrics:
    """What one process has counted. Safe among threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._series: dict[str, dict[Labels, Series]] = {}

    def add(self, name: str, value: float, labels: dict[str, str], spread: tuple[int, ...] = ()) -> None:
        """Add to a counter, set a gauge, or note one duration of a histogram.

        Raises:
            KeyError: no such metric, or other labels than it has: a fault of ours.
        """
        measure = MEASURES[name]
        if set(labels) != set(measure.labels):
            raise KeyError(f"{name} has the labels {measure.labels}")
        self._merge(measure, tuple(str(labels[label]) for label in measure.labels), value, spread)

    def _merge(self, measure: Measure, labels: Labels, value: float, spread: tuple[int, ...]) -> None:
        with self._lock:
            known = self._series.setdefault(measure.name, {})
            if labels not in known and len(known) >= MOST_SERIES:
                labels = (OTHER,) * len(labels)
            series = known.setdefault(labels, _empty(measure))
            series.total = value if measure.kind is Kind.GAUGE else series.total + value
            if measure.buckets:
                counts = spread or _one_in(measure, value)
                series.spread = [old + new for old, new in zip(series.spread, counts, strict=True)]

    def drain(self) -> list[Sample]:
        """Everything counted since the last time, to be sent to another process; begins anew."""
        with self._lock:
            taken, self._series = self._series, {}
        return [
            (name, labels, series.total, tuple(series.spread))
            for name, known in taken.items()
            for labels, series in known.items()
        ]

    def absorb(self, samples: Iterable[Sample]) -> None:
        """Take in what another process has counted."""
        for name, labels, total, spread in samples:
            self._merge(MEASURES[name], labels, total, spread)

    def value(self, name: str, **labels: str) -> float:
        """Total of one series; 0 where nothing was counted."""
        with self._lock:
            key = tuple(labels[label] for label in MEASURES[name].labels)
            return self._series.get(name, {}).get(key, Series()).total

    def families(self, gauges: Gauges | None = None) -> "Iterator[Metric]":
        """Every metric as Prometheus' client takes it.

        Args:
            gauges: read now, such as the queue in the database.
        """
        self._real_time_factor()
        with self._lock:
            taken = {name: dict(known) for name, known in self._series.items()}
        for name, labels, value in gauges() if gauges else ():
            taken.setdefault(name, {})[labels] = Series(value)
        for name in sorted(taken):
            yield _family(MEASURES[name], taken[name])

    def _real_time_factor(self) -> None:
        audio_s = self.value("audio_seconds")
        if audio_s > 0:
            self.add("real_time_factor", self.value("work_seconds") / audio_s, {})


METRICS = Metrics()
"""What this process has counted."""


def count(name: str, value: float = 1.0, /, **labels: str) -> None:
    """Add to a counter of this process."""
    METRICS.add(name, value, labels)


def observe(name: str, seconds: float, /, **labels: str) -> None:
    """Note one duration in a histogram of this process."""
    METRICS.add(name, seconds, labels)


@contextmanager
def timed(name: str, /, **labels: str) -> Iterator[None]:
    """Note how long a block takes, however it ends."""
    began = perf_counter()
    try:
        yield
    finally:
        METRICS.add(name, perf_counter() - began, labels)


def render(metrics: Metrics, gauges: Gauges | None = None) -> tuple[bytes, str]:
    """The text that Prometheus reads, and its media type."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.registry import Collector

    class Everything(Collector):
        def collect(self) -> "Iterator[Metric]":
            return metrics.families(gauges)

        def describe(self) -> "Iterator[Metric]":
            return iter(())

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Everything())
    return generate_latest(registry), CONTENT_TYPE_LATEST


def _empty(measure: Measure) -> Series:
    return Series(spread=[0] * (len(measure.buckets) + 1) if measure.buckets else [])


def _one_in(measure: Measure, value: float) -> tuple[int, ...]:
    """A 1 in the bucket of the value: a bound belongs to its own bucket."""
    at = bisect_left(measure.buckets, value)
    return tuple(int(index == at) for index in range(len(measure.buckets) + 1))


def _family(measure: Measure, known: dict[Labels, Series]) -> "Metric":
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    name, meaning, labels = PREFIX + measure.name, measure.meaning, measure.labels
    if measure.kind is Kind.HISTOGRAM:
        spread = HistogramMetricFamily(name, meaning, labels=labels)
        for key, series in known.items():
            spread.add_metric(key, _cumulated(measure, series), series.total)
        return spread
    kind = CounterMetricFamily if measure.kind is Kind.COUNTER else GaugeMetricFamily
    family = kind(name, meaning, labels=labels)
    for key, series in known.items():
        family.add_metric(key, series.total)
    return family


def _cumulated(measure: Measure, series: Series) -> list[tuple[str, float]]:
    """Prometheus' buckets: how many up to each bound, `+Inf` last."""
    bounds = [*(f"{bound:g}" for bound in measure.buckets), "+Inf"]
    upto = 0
    pairs: list[tuple[str, float]] = []
    for bound, one in zip(bounds, series.spread, strict=True):
        upto += one
        pairs.append((bound, upto))
    return pairs
