"""Which executor the settings ask for, and what it's made of."""

from collections.abc import Callable, Collection
from time import monotonic
from typing import TYPE_CHECKING

from models.processor import count_cores
from pipelines.executors.foreman import Foreman, Place
from pipelines.executors.process_executor import ProcessPlace
from pipelines.executors.seat import Build
from pipelines.worker import WORKABLE
from qm.ports import Unit

if TYPE_CHECKING:
    from pipelines.wiring import Wiring

MOST_WORKERS = 1000
"""Nobody starts more of them for one command."""


def make_foreman(wiring: "Wiring", most_tries: int | None, place: Place | None = None) -> Foreman:
    """For `processes` and `ray`.

    Args:
        most_tries: where the database is away; `None`: for ever.
        place: of the settings where it isn't given.
    """
    from pipelines.work_wiring import make_retries, make_worker

    retries = make_retries(wiring, most_tries)

    def waiting(scope: Collection[str]) -> int:
        return retries.read(lambda unit: count_waiting(unit, scope))

    def take_up(gone: Callable[[str], bool]) -> None:
        make_worker(wiring, lambda _step: None, most_tries).take_up(gone)

    return Foreman(place or make_place(wiring, most_tries), waiting, take_up, wiring.stop, monotonic)


def make_place(wiring: "Wiring", most_tries: int | None) -> Place:
    """Where workers are, by the settings."""
    settings = wiring.settings
    if settings.executor == "processes":
        most = settings.workers or count_cores()
        return ProcessPlace(Build.of(wiring, max(1, count_cores() // most), most_tries), most)
    from pipelines.executors.ray_actor import site_of
    from pipelines.executors.ray_executor import RayPlace

    return RayPlace(Build.of(wiring, max(1, int(settings.worker_cpus)), most_tries), lambda: site_of(wiring))


def count_waiting(unit: Unit, scope: Collection[str]) -> int:
    """Contacts of these runs (of all, where none is named) that nobody works on yet; no more than matter."""
    runs = [row.run.id for row in unit.tasks.runs(WORKABLE) if not scope or row.run.id in scope]
    return unit.tasks.waiting(runs, MOST_WORKERS)
