"""What pages and workers tell their administrator: whether they're ready, and the gauges that stand in the database."""

from dataclasses import dataclass

import qm
from qm.errors import StorageError
from qm.operations.readiness import Readiness, look_at
from qm.ports import ObjectStore
from qm.storage.database import Database
from qm.storage.site_state import read_site_state
from qm.units import Seconds

HEARTBEATS_MISSED = 2
"""A worker that was silent for so many leases is no worker any more."""
Gauge = tuple[str, tuple[str, ...], float]


@dataclass(frozen=True)
class SiteWatch:
    """Looks at database and objects, without changing anything.

    Attributes:
        lease_s: how long a worker may be silent before its work is given to others.
    """

    database: Database
    objects: ObjectStore
    lease_s: Seconds

    def ready(self) -> Readiness:
        """Database reached, schema of this version, objects reached."""
        return look_at({"database": self.database.require_schema, "objects": self.objects.check})

    def gauges(self) -> list[Gauge]:
        """The site's counts; where the database is away, that it's away: the process' own metrics are still told."""
        known: list[Gauge] = [("info", (qm.__version__,), 1.0)]
        try:
            counts = read_site_state(self.database, HEARTBEATS_MISSED * self.lease_s).gauges()
        except StorageError:
            return [*known, ("database_up", (), 0.0)]
        return [*known, ("database_up", (), 1.0), *counts]
