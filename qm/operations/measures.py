"""Every metric: its name, what it counts, and by which labels. No label holds an id, so their number stays small."""

from dataclasses import dataclass
from enum import StrEnum

PREFIX = "qm_"


class Kind(StrEnum):
    """What may be done with a measure: added up, looked at now, or spread over buckets."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True)
class Measure:
    """One metric.

    Attributes:
        name: without prefix and without Prometheus' `_total`.
        labels: in their order; the values are words of the product, never of a contact.
        buckets: upper bounds of a histogram, in seconds.
    """

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)
"""Seconds of a database transaction, an object or a request: from a lookup to a time-out."""
LONG = (0.01, 0.05, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0)
"""Seconds of a stage: from a look at a fingerprint to the recognition of an hour."""

MEASURES = {
    measure.name: measure
    for measure in (
        Measure("contacts", Kind.COUNTER, "contacts worked through", ("outcome",)),
        Measure("failures", Kind.COUNTER, "contacts put into quarantine, and other errors", ("code", "stage")),
        Measure("audio_seconds", Kind.COUNTER, "seconds of audio worked through"),
        Measure("work_seconds", Kind.COUNTER, "wall seconds spent on contacts"),
        Measure("real_time_factor", Kind.GAUGE, "wall seconds spent for a second of audio, since the start"),
        Measure("stage_seconds", Kind.HISTOGRAM, "seconds that a stage took", ("stage",), LONG),
        Measure("store_seconds", Kind.HISTOGRAM, "seconds that a store took", ("store", "operation"), QUICK),
        Measure("lease_losses", Kind.COUNTER, "contacts given up since another worker holds them"),
        Measure("retries", Kind.COUNTER, "attempts repeated after a passing error", ("reason",)),
        Measure("request_seconds", Kind.HISTOGRAM, "seconds of a request", ("method", "route", "status"), QUICK),
        Measure("hook_deliveries", Kind.COUNTER, "tries to tell a webhook", ("outcome",)),
        Measure("slow_clients", Kind.COUNTER, "connections ended since the other side kept us waiting", ("reason",)),
        Measure("queue_tasks", Kind.GAUGE, "contacts on the work list", ("state",)),
        Measure("queue_oldest_seconds", Kind.GAUGE, "age of the oldest contact that waits"),
        Measure("workers", Kind.GAUGE, "workers whose heartbeat is fresh", ("state",)),
        Measure("quarantine", Kind.GAUGE, "entries in quarantine"),
        Measure("database_up", Kind.GAUGE, "1 where the database can be read"),
        Measure("info", Kind.GAUGE, "always 1; the version is in its label", ("version",)),
    )
}
"""Every metric by name."""
