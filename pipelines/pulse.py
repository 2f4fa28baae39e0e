"""The heartbeat of a worker: a thread that holds on to its leases while the worker computes."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Event, Lock, Thread

from qm.domain.work import Lease, WorkerRow
from qm.errors import QmError
from qm.ports import UnitOfWork
from qm.units import Seconds

BEATS = 3
"""A lease is renewed so often while it lasts: two beats may fail."""


class Pulse:
    """Renews what the worker holds, and tells the others that it's there.

    A beat that fails is left out: whether a lease is still ours is decided where something is published, not here.

    Args:
        worker: as the others see it; times are filled in.
    """

    def __init__(self, unit_of_work: UnitOfWork, worker: WorkerRow, lease_s: Seconds) -> None:
        self._unit_of_work = unit_of_work
        self._worker = worker
        self._lease_s = lease_s
        self._leases: tuple[Lease, ...] = ()
        self._finishing = ""
        self._lock = Lock()
        self._over = Event()
        self._thread = Thread(target=self._run, name="pulse", daemon=True)
        self.failures = 0
        self.lost: frozenset[str] = frozenset()

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def hold(self, leases: Sequence[Lease] = (), finishing: str = "") -> None:
        """What to hold on to from now on: contacts, or the last step of a run."""
        with self._lock:
            self._leases, self._finishing = tuple(leases), finishing
            self.lost = frozenset()
            run_id = leases[0].run_id if leases else finishing
            self._worker = replace(self._worker, state="busy" if run_id else "idle", run_id=run_id)

    def beat(self) -> None:
        """Once."""
        with self._lock:
            leases, finishing, worker = self._leases, self._finishing, self._worker
        try:
            with self._unit_of_work() as unit:
                held = unit.tasks.renew(leases, worker.id, self._lease_s)
                if finishing:
                    unit.tasks.renew_finishing(finishing, worker.id, self._lease_s)
                now = unit.tasks.now()
                started_s = worker.started_s or now
                unit.tasks.greet(replace(worker, started_s=started_s, seen_s=now))
        except QmError:
            self.failures += 1
            return
        with self._lock:
            self._worker = replace(self._worker, started_s=started_s)
            self.lost = frozenset(lease.contact_id for lease in leases) - held
        self.failures = 0

    def stop(self) -> None:
        """Beat no more."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._lease_s / BEATS):
            self.beat()
