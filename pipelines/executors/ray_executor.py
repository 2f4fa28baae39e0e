"""Workers as Ray actors: on this machine, or wherever a cluster has room.

Ray places actors, watches them and brings ids and outcomes back. What is to be done stands in the database, what was
done in the database and the object store; so nothing waits in Ray, and whoever dies loses nothing but leases.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pipelines.executors.foreman import Died, Event, Failed, Ready, Stepped
from pipelines.executors.ray_actor import RaySeat, Site
from pipelines.executors.ray_cluster import cluster
from pipelines.executors.seat import Build, Report
from qm.errors import QmError
from qm.units import Seconds

FAREWELL_S: Seconds = 10.0
"""What all actors together may take to give back what they hold, before they're ended."""
AT_ONCE = 3
"""Calls that an actor hears at a time: the step it's at, a word to stop, its end."""


@dataclass
class _Call:
    seat: int
    what: str


class RayPlace:
    """Seats in actors.

    Args:
        site: asked for once Ray is there.
    """

    spans_hosts = True

    def __init__(self, build: Build, site: Callable[[], Site]) -> None:
        self._build = build
        self._make_site = site
        self._scope: tuple[str, ...] = ()
        self._ray: Any = None
        self._site: Any = None
        self._actors: dict[int, Any] = {}
        self._calls: dict[Any, _Call] = {}
        self._number = 0

    @contextmanager
    def opened(self, scope: Collection[str]) -> Iterator[None]:
        """Joins the cluster, or starts one; ends all actors, and what was started, afterwards."""
        self._scope = tuple(scope)
        with cluster(self._build.settings) as self._ray:
            self._site = self._ray.put((self._build, self._make_site()))
            try:
                yield
            finally:
                self._end_all()

    def room(self) -> int:
        """As many as the settings say, or as the cluster has processors and cards for now; one at least.

        An actor that finds no room waits for it: a cluster that grows by itself takes that as its sign.
        """
        settings = self._build.settings
        if settings.workers:
            return settings.workers
        there = self._ray.cluster_resources()
        room = int(there.get("CPU", 0) // settings.worker_cpus)
        if settings.worker_gpus:
            room = min(room, int(there.get("GPU", 0) // settings.worker_gpus))
        return max(1, room)

    def start(self) -> int:
        """Begin an actor; Ray decides on which host."""
        settings = self._build.settings
        remote = self._ray.remote(
            num_cpus=settings.worker_cpus, num_gpus=settings.worker_gpus, max_restarts=0, max_task_retries=0,
            max_concurrency=AT_ONCE, scheduling_strategy="SPREAD",
        )(_Actor)  # fmt: skip
        self._number += 1
        self._actors[self._number] = actor = remote.remote(self._site)
        self._calls[actor.ready.remote()] = _Call(self._number, "ready")
        return self._number

    def ask(self, seat: int) -> None:
        """Ask for one step."""
        self._calls[self._actors[seat].step.remote(self._scope)] = _Call(seat, "step")

    def events(self, timeout_s: Seconds) -> Sequence[Event]:
        """What came back. A host that doesn't answer any more is a death once Ray says so."""
        if not self._calls:
            return ()
        first, _rest = self._ray.wait(list(self._calls), num_returns=1, timeout=timeout_s)
        if not first:
            return ()
        ready, _rest = self._ray.wait(list(self._calls), num_returns=len(self._calls), timeout=0)
        return [self._answer(call) for call in ready or first]

    def _answer(self, reference: Any) -> Event:
        seat = self._calls.pop(reference).seat
        try:
            answer = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            self._ray.kill(self._actors.pop(seat))  # one that is only out of reach shall not go on later
            cause = _cause(error)
            return Failed(seat, cause) if isinstance(cause, QmError) else Died(seat, _line(cause))
        return Stepped(seat, answer) if isinstance(answer, Report) else Ready(seat, *answer)

    def dismiss(self, seat: int) -> None:
        """It holds nothing: it leaves, and its processor and card are free."""
        self._end([self._actors.pop(seat)])

    def kill(self, seat: int) -> None:
        """The call that it's at comes back as its death."""
        self._ray.kill(self._actors[seat])

    def _end_all(self) -> None:
        actors, self._actors, self._calls = list(self._actors.values()), {}, {}
        self._end(actors)

    def _end(self, actors: Sequence[Any]) -> None:
        said = [actor.stop.remote() for actor in actors]
        if said:  # a host that is cut off doesn't answer
            self._ray.wait(said, num_returns=len(said), timeout=FAREWELL_S)
        for actor in actors:
            self._ray.kill(actor)


class _Actor(RaySeat):
    """Made from one reference, so that build and site go to each host once."""

    def __init__(self, made_of: tuple[Build, Site]) -> None:
        super().__init__(*made_of)


def _cause(error: Any) -> BaseException:
    """What was raised over there; a constructor's fault is told as the actor's death."""
    cause = getattr(error, "cause", None)
    return cause if isinstance(cause, BaseException) else error


def _line(error: BaseException) -> str:
    """The one line that says why; Ray's messages go on for pages."""
    lines = (str(error).strip() or type(error).__name__).splitlines()
    if "creation task" in lines[0]:
        return lines[-1].strip()[:300]
    return next((line.strip() for line in lines if "because" in line), lines[0])[:300]
