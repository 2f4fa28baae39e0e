"""Joins what works on contacts: stages, workers, executors, the day's batch."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.day import DayBatch
from pipelines.executors.executor import Executor, InProcessExecutor
from pipelines.intake import Intake
from pipelines.retries import MOST_TRIES, Retries
from pipelines.run_end import end_steps
from pipelines.runner import Watch
from pipelines.schedule import Schedule, ScheduleRules
from pipelines.stage import Stage
from pipelines.stages.roles import RolesStage
from pipelines.stages.score import ScoreStage
from pipelines.stages.signals import SignalsStage
from pipelines.stages.store import StoreStage
from pipelines.stages.transcribe import TranscribeStage
from pipelines.stages.voices import VoicesStage
from pipelines.stopping import Stop
from pipelines.worker import Worker, WorkRules
from qm.errors import SettingsError
from qm.operations.logs import log
from qm.ports import UnitOfWork
from qm.rules.cues import agent_cues

if TYPE_CHECKING:
    from pipelines.wiring import Wiring

INBOX = "inbox"
"""Folder in `QM_DATA` into which a watched bucket is copied."""


def make_retries(
    wiring: "Wiring", most: int | None = MOST_TRIES, *, writing: UnitOfWork | None = None, stop: Stop | None = None
) -> Retries:
    """Transactions that ride out an absence of the database, for some minutes or (`None`) for ever.

    Args:
        writing: opens a transaction that writes; the database's own where not given.
        stop: of the thread that they run in; the wiring's where not given.
    """
    database = wiring.database
    return Retries(
        writing or database.unit_of_work, database.reading, stop=stop or wiring.stop, tell=wiring.tell, most=most
    )


def make_stages(wiring: "Wiring") -> tuple[Stage[Any, Any], ...]:
    """What a worker does with a contact, once its bytes were taken in."""
    settings, objects, reader = wiring.settings, wiring.objects, wiring.audio_reader
    return (
        TranscribeStage(objects, reader, wiring.engine, {"beam": settings.beam}, wiring.vocabulary),
        VoicesStage(objects, reader, wiring.voice_engine),
        RolesStage(agent_cues(wiring.packs)),
        SignalsStage(),
        ScoreStage(wiring.packs, wiring.thresholds, wiring.aids),
    )


def make_worker(wiring: "Wiring", watch: Watch, most: int | None = MOST_TRIES) -> Worker:
    """A worker of this process with its own engine; loads nothing before its first group.

    Args:
        most: tries where the database is away; `None`: for ever.
    """
    settings = wiring.settings

    def last_step() -> None:
        for step in end_steps(wiring).values():
            step()

    rules = WorkRules(settings.group, settings.group_s, settings.lease_s, settings.attempts)
    # What a crash of the database takes back is a contact's last step: its lease runs out, and it's done again.
    publishing = partial(wiring.database.unit_of_work, durable=False)
    return Worker(publishing, make_retries(wiring, most, writing=publishing), wiring.stages, last_step, rules, watch)


def make_executor(wiring: "Wiring", most: int | None = MOST_TRIES) -> Executor:
    """Where workers run, by the settings."""
    if wiring.settings.executor != "inprocess":
        from pipelines.executors.crew import make_foreman  # only then: it names worker processes and Ray

        return make_foreman(wiring, most)
    return InProcessExecutor(lambda watch: make_worker(wiring, watch, most), wiring.stop)


def make_schedule(wiring: "Wiring", stop: Stop) -> Schedule:
    """The schedule over the watched place.

    Args:
        stop: of the thread that it runs in.

    Raises:
        SettingsError: no place is watched.
    """
    settings = wiring.settings
    if not settings.watch:
        hint = "QM_WATCH=/folder, or s3://bucket/prefix, where day folders arrive"
        raise SettingsError("settings.watch", "QM_WATCH names no place to watch", hint)
    place, fetch = Path(settings.watch).expanduser(), _nothing
    if settings.watch.startswith("s3://"):
        place, fetch = settings.data / INBOX, lambda: _mirrored(wiring)
    retries, scales = make_retries(wiring, stop=stop), wiring.surveys.scales
    intake = Intake(wiring.database.unit_of_work, retries, StoreStage(wiring.objects), scales, {})
    hold_s = max(2.0 * settings.watch_s, settings.lease_s)
    rules = ScheduleRules(settings.window[1], settings.timezone, settings.start == "at-close", hold_s)
    return Schedule(place, rules, retries, intake, scales, lambda: datetime.now(UTC), fetch)


def _nothing() -> None:
    """A folder needs no fetching."""


def _mirrored(wiring: "Wiring") -> None:
    """Bring what is new below the watched prefix into the inbox."""
    from qm.storage.objects import make_bucket
    from qm.storage.objects.mirror import mirror

    settings = wiring.settings
    brought = mirror(make_bucket(settings, settings.watch), settings.data / INBOX, settings.object_max_mb * 1_000_000)
    if brought.refused:
        log.warning("schedule.refused", count=len(brought.refused))


def make_batch(wiring: "Wiring") -> DayBatch:
    """The day's batch."""
    seconds: dict[str, float] = {}
    retries = make_retries(wiring)
    store = StoreStage(wiring.objects)
    intake = Intake(wiring.database.unit_of_work, retries, store, wiring.surveys.scales, seconds)
    return DayBatch(retries, intake, lambda: make_executor(wiring), seconds, wiring.held_up)
