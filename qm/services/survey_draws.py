"""Draw whom a day's survey goes to, and keep who was drawn and how likely that was."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from qm.analysis.voc.draw_surveys import Candidate, Drawn, draw, share_of, window_of
from qm.documents import load
from qm.domain.survey import SurveyResponse
from qm.domain.voc_plan import VocPlan
from qm.errors import InputError
from qm.ports import Unit, UnitOfWork
from qm.ports.voc import SurveyDraw
from qm.units import Share

LISTED = ("started_at", "agent_id", "agent_name", "team", "process", "queue", "medium", "language", "customer_id")
"""What the survey tool is told of a contact, beside its id, stratum and probability."""


@dataclass(frozen=True)
class Invitation:
    """A contact whose customer is to be asked.

    Attributes:
        probability: of being drawn; answers are weighted with its inverse.
    """

    contact_id: str
    started_at: datetime
    agent_id: str
    agent_name: str
    team: str
    process: str
    queue: str
    medium: str
    language: str
    customer_id: str
    stratum: str
    probability: float


@dataclass(frozen=True)
class DayDraw:
    """A day's draw.

    Attributes:
        begins_at: of the day's universe, included; `ends_at` isn't.
        is_over: false where the day's universe still grows: contacts that come later are drawn each by itself.
        share: that the plan asks of the day's month.
        universe: contacts of the day, test and mystery contacts among them.
        unknown_customers: of the invitations, those without a customer's id.
        left_out: how many weren't asked because of a rule, by reason.
        strata: how many strata were drawn apart.
    """

    day: date
    begins_at: datetime
    ends_at: datetime
    is_over: bool
    share: Share
    universe: int
    new: int
    unknown_customers: int
    left_out: Mapping[str, int]
    strata: int
    invitations: tuple[Invitation, ...]


class SurveyDrawService:
    """The sampling plan at work."""

    def __init__(self, unit_of_work: UnitOfWork, plan: VocPlan) -> None:
        self._unit_of_work = unit_of_work
        self._plan = plan

    def draw(self, day: date, now: datetime) -> DayDraw:
        """The draw of a day; drawn before, it stays as it was, and contacts that came since join it.

        Raises:
            InputError: the day lies before the plan's first month.
        """
        sampling = self._plan.sampling
        share = share_of(day, sampling)
        if share is None:
            message = f"{day.isoformat()} lies before the plan's first month, {sampling.first_month:%Y-%m}"
            raise InputError("survey.not_begun", message, "set sampling.first_month in the file of QM_VOC")
        begins_at, ends_at = window_of(day, self._plan.window)
        with self._unit_of_work() as unit:
            unit.lock("draws")
            table = unit.facts.contacts(begins_at, ends_at, columns=(*LISTED, "kind", *sampling.strata))
            contacts = {row["contact_id"]: row for row in table.to_dict("records")}
            kept = {row.contact_id: row for row in unit.draws.of_day(day.isoformat())}
            last_asked, asked_contacts = self._asked(unit, day, begins_at, set(kept))
            candidates = [_candidate(row, sampling.strata) for row in contacts.values()]
            before = [_drawn(row) for row in kept.values()]
            rows = draw(candidates, day, sampling, last_asked, asked_contacts, before)
            added = [row for row in rows if row.contact_id not in kept]
            unit.draws.save([SurveyDraw(day=day.isoformat(), **vars(row)) for row in added])
            if added:
                told = {"contacts": len(added), "drawn": sum(row.is_drawn for row in added)}
                unit.audit.note("survey.drawn", "survey", day.isoformat(), after=told)
        asked = [row for row in rows if row.is_drawn]
        left_out = Counter(row.reason for row in rows if row.reason)
        return DayDraw(
            day, begins_at, ends_at, now >= ends_at, share, len(rows), len(added),
            sum(not row.customer_id for row in asked), dict(sorted(left_out.items())),
            len({row.stratum for row in rows if row.stratum}),
            tuple(_invitation(row, contacts[row.contact_id]) for row in asked if row.contact_id in contacts),
        )  # fmt: skip

    def _asked(self, unit: Unit, day: date, begins_at: datetime, kept: set[str]) -> tuple[dict[str, date], set[str]]:
        """The last day on which each customer was asked, by draws or by what surveys say; and contacts asked about."""
        quiet = timedelta(days=self._plan.sampling.quiet_days)
        drawn = unit.draws.last_asked((day + quiet + timedelta(days=1)).isoformat())
        last = {customer: date.fromisoformat(on) for customer, on in drawn.items()}
        surveys = unit.facts.surveys(begins_at - quiet - timedelta(days=1))
        invited = surveys[["response_id", "contact_id"]].assign(at=surveys["invited_at"].fillna(surveys["answered_at"]))
        customer_of = unit.facts.contacts(columns=("customer_id",), surveyed=True)
        customers = dict(zip(customer_of["contact_id"], customer_of["customer_id"], strict=True))
        unlinked = unit.surveys.documents(list(invited.loc[invited["contact_id"] == "", "response_id"]))
        zone = ZoneInfo(self._plan.window.zone)
        for row in invited.dropna(subset=["at"]).itertuples():
            text = unlinked.get(row.response_id)
            customer = load(SurveyResponse, text).customer_id if text else customers.get(row.contact_id, "")
            on = row.at.tz_convert(zone).date()
            if customer and row.contact_id not in kept:
                last[customer] = max(last.get(customer, on), on)
        return last, set(invited["contact_id"]) - {""} - kept


def _candidate(row: Mapping[str, Any], strata: tuple[str, ...]) -> Candidate:
    traits = tuple(str(row[name]) for name in strata)
    return Candidate(row["contact_id"], row["customer_id"], traits, row["kind"] == "customer")


def _drawn(row: SurveyDraw) -> Drawn:
    return Drawn(row.contact_id, row.customer_id, row.stratum, row.probability, row.is_drawn, row.reason)


def _invitation(row: Drawn, contact: Mapping[str, Any]) -> Invitation:
    known = {name: contact[name] for name in LISTED if name not in ("started_at", "customer_id")}
    started_at = contact["started_at"].round("us").to_pydatetime()
    return Invitation(
        contact_id=row.contact_id, started_at=started_at, **known, customer_id=row.customer_id, stratum=row.stratum,
        probability=round(row.probability, 6),
    )  # fmt: skip
