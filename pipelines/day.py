"""The day's batch: ingest, contacts through their stages, surveys, coaching."""

import shlex
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from pipelines.day_folder import Day, read_day
from pipelines.executors import InProcessExecutor
from pipelines.runner import ContactRunner, Outcome, Watch
from pipelines.stage import Stage
from qm.domain.run import Quarantine, Run
from qm.errors import NotFoundError
from qm.fingerprint import fingerprint
from qm.ports import UnitOfWork
from qm.services.cases import CaseService
from qm.services.coaching import CoachingService
from qm.services.surveys import SurveyService

INGEST = "ingest"
Announce = Callable[[int], None]
"""Told how many contacts there are before they are worked through."""


@dataclass(frozen=True)
class RunSummary:
    """What one run did. `seconds` is the wall time by stage."""

    day: str
    contact_ids: tuple[str, ...]
    outcomes: dict[str, int]
    faults: int
    surveys_new: int
    surveys_linked: int
    surveys_unlinked: int
    coaching_items: int
    wall_s: float
    seconds: dict[str, float]


class DayBatch:
    """Runs day folders and retries.

    Args:
        stages: of a contact, in order.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, stages: Sequence[Stage[Any, Any]], surveys: SurveyService,
        cases: CaseService, coaching: CoachingService, executor: InProcessExecutor,
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._stages = stages
        self._surveys = surveys
        self._cases = cases
        self._coaching = coaching
        self._executor = executor

    def ingest(self, folder: Path) -> Day:
        """Read a day folder and put its contacts on the work list, in one transaction.

        Raises:
            DayFolderError: the folder as a whole can't be used; nothing was changed.
        """
        day = read_day(folder, self._surveys.scales)
        place = str(folder.resolve())
        command = f"qm run {shlex.quote(place)}"
        with self._unit_of_work() as unit:
            for entry in unit.work.quarantined():
                if entry.stage == INGEST and entry.subject.startswith(f"{place}/"):
                    unit.work.release(entry.subject)
            for position, contact in enumerate(day.contacts):
                unit.contacts.save(contact, place, position, fingerprint(contact))
                unit.work.add(contact.id)
            for fault in day.faults:
                subject = f"{place}/{fault.file}:{fault.line}" if fault.line else f"{place}/{fault.file}"
                entry = Quarantine(subject, INGEST, fault.code, fault.message, fault.hint, command)
                unit.work.quarantine(entry, is_contact=False)
            unit.surveys.save(day.responses)
        return day

    def run(self, folder: Path, watch: Watch, announce: Announce) -> RunSummary:
        """Everything from folder to coaching list.

        Args:
            announce: called with the number of contacts before they are worked through.
        """
        began = perf_counter()
        seconds: dict[str, float] = {}
        with self._unit_of_work() as unit:
            known = {response.id for response in unit.surveys.every()}
        day = self.ingest(folder)
        seconds[INGEST] = perf_counter() - began
        new = len({response.id for response in day.responses} - known)
        return self._work(
            [c.id for c in day.contacts], str(folder), len(day.faults), new, seconds, began, watch, announce
        )

    def retry(self, contact_ids: Sequence[str], watch: Watch, announce: Announce) -> RunSummary:
        """Take quarantined contacts up again; all of them where none is named.

        Raises:
            NotFoundError: a named contact isn't known.
        """
        began = perf_counter()
        with self._unit_of_work() as unit:
            states = unit.work.states()
            waiting = [entry.subject for entry in unit.work.quarantined() if entry.subject in states]
        if unknown := [contact_id for contact_id in contact_ids if contact_id not in states]:
            message = f"no contact '{unknown[0]}'"
            raise NotFoundError("contact.unknown", message, "`qm status` lists the quarantine")
        return self._work(list(contact_ids) or waiting, "retry", 0, 0, {}, began, watch, announce)

    def _work(
        self, contact_ids: list[str], label: str, faults: int, new: int, seconds: dict[str, float], began: float,
        watch: Watch, announce: Announce,
    ) -> RunSummary:  # fmt: skip
        run = Run(fingerprint(label, datetime.now(UTC))[:12], label, datetime.now(UTC), None, "")
        with self._unit_of_work() as unit:
            unit.runs.begin(run)
        announce(len(contact_ids))
        runner = ContactRunner(self._unit_of_work, self._stages, seconds)
        outcomes: Counter[Outcome] = Counter()
        for _contact_id, outcome in self._executor.map(lambda group: runner.run_group(group, watch), contact_ids):
            outcomes[outcome] += 1
        after = perf_counter()
        links = self._surveys.link_all()
        self._cases.open_all()
        items = self._coaching.refresh()
        with self._unit_of_work() as unit:
            unit.runs.finish(replace(run, finished_at=datetime.now(UTC)))
        seconds["surveys and coaching"] = perf_counter() - after
        linked = sum(bool(link.contact_id) for link in links)
        return RunSummary(
            day=label, contact_ids=tuple(contact_ids),
            outcomes={outcome.value: outcomes[outcome] for outcome in Outcome}, faults=faults,
            surveys_new=new, surveys_linked=linked, surveys_unlinked=len(links) - linked, coaching_items=len(items),
            wall_s=round(perf_counter() - began, 3), seconds={k: round(v, 3) for k, v in seconds.items()},
        )  # fmt: skip
