"""Use cases of estimates: satisfaction of customers whom nobody asked, by contact, group and day."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from qm.documents import dump, load
from qm.domain.estimate import DayEstimate, EstimateReport, GroupTable
from qm.domain.figures import Figure
from qm.domain.satisfied_mark import SatisfiedMark
from qm.domain.voc_plan import Scale, VocPlan
from qm.errors import InputError, NotFoundError
from qm.ports import UnitOfWork

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from qm.analysis.voc.estimate_groups import OwnEffects
    from qm.analysis.voc.estimate_satisfaction import SatisfactionModel

KIND = "estimate"
"""Of the saved reports; their ids are days."""
SEED = 1
PAST_DAYS = 90
"""How far back is looked where nobody says."""
SCALE = "satisfaction"
GROUPS = (("all", "all", "all"), ("process", "process", "process"), ("team", "team", "team"),
          ("agent", "agent_id", "agent_name"))  # fmt: skip
MODEL_ROWS = 20_000
"""Contacts that the variance of the model's mean is taken over: more of them don't change it."""


@dataclass(frozen=True)
class EstimateRequest:
    """What to estimate.

    Attributes:
        day: the last finished day that has enough contacts where not given.
        since: first day that is looked at.
    """

    day: date | None = None
    since: date | None = None
    scale: str = SCALE


@dataclass(frozen=True)
class ContactEstimate:
    """Probability of a satisfied customer who wasn't asked or didn't answer, with its 95 % interval."""

    contact_id: str
    probability: float
    lo: float
    hi: float


class EstimateService:
    """Satisfaction where there is no answer. Test and mystery contacts never count."""

    def __init__(self, unit_of_work: UnitOfWork, reading: UnitOfWork, plan: VocPlan, min_n: int) -> None:
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._plan = plan
        self._min_n = min_n

    def days(self) -> tuple[str, ...]:
        """Days that have a saved estimate, the latest first."""
        with self._reading() as unit:
            return tuple(sorted((day for day, _document in unit.documents.every(KIND)), reverse=True))

    def read(self, day: str = "") -> EstimateReport | None:
        """A saved estimate, the latest one where no day is given; `None` where there is none at all.

        Raises:
            NotFoundError: none of that day.
        """
        days = self.days()
        if not days:
            return None
        if day and day not in days:
            raise NotFoundError("estimate.unknown_day", f"no estimate of '{day}'", f"there are {days[-1]} to {days[0]}")
        with self._reading() as unit:
            document = unit.documents.get(KIND, day or days[0])
        if document is None:
            return None
        report = load(EstimateReport, document, f"estimate of {day or days[0]}")
        return replace(report, today=_if_enough(report.today, report.min_n))  # earlier versions told small days too

    def compute(self, request: EstimateRequest, now: datetime) -> tuple[EstimateReport, tuple[ContactEstimate, ...]]:
        """Estimate a day, its past days and groups, and keep the report; also each contact's probability.

        Raises:
            InputError: a scale that the plan doesn't know, or `since` after the day.
            NotFoundError: no contacts.
        """
        from qm.analysis.voc.contact_features import with_moments
        from qm.analysis.voc.draw_surveys import window_of
        from qm.analysis.voc.estimate_days import with_service_days

        scale = self._scale(request.scale)
        day = request.day or self._last_day(now)
        window_of(day, self._plan.window)  # refuses a day that lies far off
        since = request.since or day - timedelta(days=PAST_DAYS)
        if since > day:
            raise InputError("estimate.period", f"--since {since} is after {day}", "give an earlier day")
        contacts, surveys = self._load(since, day)
        table = with_service_days(with_moments(contacts, self._plan.window.zone), self._plan.window)
        table = _with_answers(table, surveys, scale)
        report, estimates = self._report(day, since, scale, table, now)
        with self._unit_of_work() as unit:
            unit.documents.save(KIND, report.day, dump(report))
        return report, estimates

    def _scale(self, scale_id: str) -> Scale:
        known = {scale.id: scale for scale in self._plan.scales}
        if scale_id not in known:
            hint = f"there are {', '.join(sorted(known))}"
            raise InputError("estimate.unknown_scale", f"no scale '{scale_id}' in the plan", hint)
        return known[scale_id]

    def _last_day(self, now: datetime) -> date:
        """The last finished day with enough contacts; failing that the last one with any, best of those finished."""
        from qm.analysis.voc.draw_surveys import window_of
        from qm.analysis.voc.estimate_days import with_service_days

        with self._reading() as unit:
            started = unit.facts.contacts(columns=("started_at", "kind"))
        started = started[started["kind"] == "customer"]
        if not len(started):
            raise NotFoundError("estimate.no_contacts", "there are no contacts", "process a day with `qm run` first")
        contacts = with_service_days(started, self._plan.window)["service_day"].value_counts().to_dict()
        finished = [day for day in contacts if window_of(day, self._plan.window)[1] <= now]
        last: date = max([day for day in finished if contacts[day] >= self._min_n] or finished or contacts)
        return last

    def _load(self, since: date, day: date) -> tuple["pd.DataFrame", "pd.DataFrame"]:
        from qm.analysis.voc.draw_surveys import window_of

        begin, end = window_of(since, self._plan.window)[0], window_of(day, self._plan.window)[1]
        with self._reading() as unit:
            contacts = unit.facts.contacts(begin, end, answers=True, measures=True)
            surveys = unit.facts.surveys()
        return contacts[contacts["kind"] == "customer"].reset_index(drop=True), surveys

    def _report(
        self, day: date, since: date, scale: Scale, table: "pd.DataFrame", now: datetime
    ) -> tuple[EstimateReport, tuple[ContactEstimate, ...]]:
        import numpy as np

        from qm.analysis.voc.draw_surveys import window_of
        from qm.analysis.voc.estimate_days import back_test, estimate_days
        from qm.analysis.voc.estimate_groups import learn_own
        from qm.analysis.voc.estimate_satisfaction import learn_satisfaction

        every = [since + timedelta(days=number) for number in range((day - since).days + 1)]
        present = set(table["service_day"])
        begins = {one: window_of(one, self._plan.window)[0] for one in every if one in present or one == day}
        y = table["satisfied"].to_numpy(np.float64)
        found = estimate_days(table, y, table["answered_at"], begins, day)
        days = tuple(_if_enough(one, self._min_n) for one in found)
        told = ~np.isnan(y)
        model = learn_satisfaction(table[told], y[told] == 1, np.random.default_rng(SEED), _talk_columns(table))
        own = learn_own(table["agent_id"][told], y[told] == 1, _held_out(model, int(told.sum())))
        groups, estimates = self._groups(table, model, own)
        return EstimateReport(
            now.isoformat(timespec="seconds"), day.isoformat(), since.isoformat(), scale.id, len(table), model.answers,
            self._min_n, days[-1], days, back_test(days), model.reason, model.trust,
            model.encoding.labels if model.encoding else (), model.left_out,
            None if model.reason or own.variance is None else round(own.variance**0.5, 3), groups,
            SatisfiedMark.of(scale),
        ), estimates  # fmt: skip

    def _groups(
        self, table: "pd.DataFrame", model: "SatisfactionModel", own: "OwnEffects"
    ) -> tuple[tuple[GroupTable, ...], tuple[ContactEstimate, ...]]:
        from qm.analysis.voc.estimate_groups import estimate_groups
        from qm.analysis.voc.estimate_satisfaction import estimate_contacts

        if model.fit is None or model.encoding is None:
            return (), ()
        p, lo, hi = estimate_contacts(model, own, table)
        sample = table.iloc[:: max(1, len(table) // MODEL_ROWS)]
        variance = model.fit.mean_variance(model.encoding.encode(sample))
        modelled = table.assign(p=p, w=own.of(table["agent_id"])[1], y=table["satisfied"], all="all")
        groups = tuple(
            GroupTable(dimension, estimate_groups(modelled, key, name, variance, self._min_n))
            for dimension, key, name in GROUPS
        )
        return groups, tuple(_silent(table, p, lo, hi))


def _if_enough(day: DayEstimate, least: int) -> DayEstimate:
    """Without its value where it has fewer contacts than that: the interval would be the whole scale."""
    if day.reason or day.contacts >= least:
        return day
    return replace(day, estimate=Figure(None, None, None, day.contacts), reason="few_contacts")


def _silent(table: "pd.DataFrame", p: "np.ndarray", lo: "np.ndarray", hi: "np.ndarray") -> Iterator[ContactEstimate]:
    silent = table["satisfied"].isna().to_numpy()
    for contact_id, *numbers in zip(table["contact_id"][silent], p[silent], lo[silent], hi[silent], strict=True):
        yield ContactEstimate(contact_id, *(round(float(number), 4) for number in numbers))


def _with_answers(table: "pd.DataFrame", surveys: "pd.DataFrame", scale: Scale) -> "pd.DataFrame":
    """With `satisfied` (1, 0, NaN) and `answered_at`; the latest answer of a contact counts."""
    import numpy as np

    if scale.column not in surveys:
        return table.assign(satisfied=np.nan, answered_at=table["started_at"].where(False))
    told = surveys[surveys[scale.column].notna() & (surveys["contact_id"] != "")]
    told = told.sort_values("answered_at", kind="stable").drop_duplicates("contact_id", keep="last")
    own = told.set_index("contact_id").reindex(table["contact_id"])
    raw = own[scale.column].to_numpy(np.float64)
    satisfied = raw >= scale.satisfied_at_least if scale.higher_is_better else raw <= scale.satisfied_at_least
    return table.assign(
        satisfied=np.where(np.isnan(raw), np.nan, satisfied), answered_at=own["answered_at"].to_numpy()
    )  # fmt: skip


def _talk_columns(table: "pd.DataFrame") -> tuple[str, ...]:
    """Measures and answers of criteria; no form's score, since it's made of them."""
    return tuple(name for name in table.columns if name.startswith(("m:", "c:")))


def _held_out(model: "SatisfactionModel", n: int) -> "np.ndarray":
    import numpy as np

    return np.full(n, 0.5) if model.held_out is None else model.held_out
