"""Use cases of drivers: work out what goes with satisfied customers, keep it, read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from qm.documents import dump, load
from qm.domain.drivers import EITHER, DriverKind, DriverReport, Drivers
from qm.domain.form import Form
from qm.domain.text import Text
from qm.domain.voc_plan import Scale, VocPlan
from qm.errors import InputError, NotFoundError
from qm.ports import UnitOfWork
from qm.ports.unit import Unit
from qm.wording_drivers import name_of, title_of

if TYPE_CHECKING:
    import pandas as pd

KIND = "drivers"
"""Of the saved reports; their ids are `<scale>:<form>`."""
_NO_FORM = Text("nessuna scheda", "no form")


@dataclass(frozen=True)
class DriverRequest:
    """What to look at.

    Attributes:
        form_id: empty: the form that answered most of the surveyed contacts.
        leave_out: predictors not to look at.
        margin: percentage points; effects inside it are negligible.
    """

    scale_id: str = "satisfaction"
    form_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    leave_out: tuple[str, ...] = ()
    margin: float = 3.0


@dataclass(frozen=True)
class Surveyed:
    """Contacts with an answer on one scale, one row each.

    Attributes:
        joined: responses with their contacts' columns.
        satisfied: 1 or 0 of each.
        unlinked, without_agent: responses left aside.
    """

    joined: "pd.DataFrame"
    satisfied: "np.ndarray[tuple[int], np.dtype[np.float64]]"
    unlinked: int
    without_agent: int


@dataclass(frozen=True)
class DriverView:
    """What page and JSON show.

    Attributes:
        report: `None` where none was computed.
        known: id, scale and form of every report.
    """

    report: DriverReport | None
    known: tuple[tuple[str, Text, Text], ...]


class DriverService:
    """What goes with satisfied customers."""

    def __init__(self, unit_of_work: UnitOfWork, forms: Mapping[str, Form], plan: VocPlan) -> None:
        self._unit_of_work = unit_of_work
        self._forms = forms
        self._plan = plan

    def every(self) -> tuple[DriverReport, ...]:
        """All reports that were computed, the newest first."""
        with self._unit_of_work() as unit:
            documents = unit.documents.every(KIND)
        reports = [load(DriverReport, document, f"drivers {report_id}") for report_id, document in documents]
        return tuple(sorted(reports, key=lambda report: report.computed_at, reverse=True))

    def read(self, report_id: str = "") -> DriverReport | None:
        """One report, the newest where none is named; `None` where there is none."""
        return next((report for report in self.every() if report_id in ("", report.id)), None)

    def view(self, report_id: str = "") -> DriverView:
        """One report, as `read` gives it, and which others there are."""
        reports = self.every()
        chosen = next((report for report in reports if report_id in ("", report.id)), None)
        names = tuple((one.id, one.scale_title, one.form_title) for one in reports)
        return DriverView(chosen, names)

    def compute(self, request: DriverRequest, now: datetime) -> DriverReport:
        """Work the report out and keep it.

        Raises:
            InputError: the plan has no such scale.
            NotFoundError: no such form.
        """
        from qm.analysis.voc.driver_columns import gather_predictors
        from qm.analysis.voc.find_drivers import Options, find_drivers

        scale = self.scale(request.scale_id)
        if request.form_id and request.form_id not in self._forms:
            raise NotFoundError("form.unknown", f"no form '{request.form_id}'", f"known: {', '.join(self._forms)}")
        with self._unit_of_work() as unit:
            surveyed = gather_surveyed(unit, scale, request.since, request.until)
        form_id = request.form_id or most_answered(surveyed.joined, self._forms)
        predictors, either = gather_predictors(surveyed.joined, form_id, request.leave_out)
        agents = surveyed.joined["agent_id"].to_numpy(dtype=str)
        options = Options(margin=request.margin)
        drivers = find_drivers(surveyed.satisfied, agents, predictors, either=either, options=options)
        report = self._report(request, scale, form_id, surveyed, drivers, now)
        with self._unit_of_work() as unit:
            unit.documents.save(KIND, report.id, dump(report))
        return report

    def scale(self, scale_id: str) -> Scale:
        """A scale of the plan.

        Raises:
            InputError: there is none of that id.
        """
        try:
            return self._plan.scale(scale_id)
        except KeyError:
            known = ", ".join(scale.id for scale in self._plan.scales)
            raise InputError("drivers.no_scale", f"no scale '{scale_id}'", f"known: {known}") from None

    def _report(
        self, request: DriverRequest, scale: Scale, form_id: str, surveyed: Surveyed, drivers: Drivers, now: datetime
    ) -> DriverReport:
        form = self._forms.get(form_id)
        return DriverReport(
            scale.id, scale.title, scale.satisfied_at_least, form_id, form.title if form else _NO_FORM,
            form.version if form else "", _iso(request.since), _iso(request.until), now.isoformat(timespec="seconds"),
            len(surveyed.joined), surveyed.unlinked, surveyed.without_agent, drivers, _titles(form, drivers),
        )  # fmt: skip


def gather_surveyed(unit: Unit, scale: Scale, since: datetime | None, until: datetime | None) -> Surveyed:
    """Customers' contacts with an answer on a scale in that time, the latest answer of each."""
    from qm.analysis.voc.driver_columns import REPEAT_DAYS, mark_repeats
    from qm.analysis.voc.voc_columns import join_surveys

    surveys = unit.facts.surveys(since, until)
    column = scale.id if scale.id in surveys else f"x:{scale.id}"
    surveys = surveys[surveys[column].notna()] if column in surveys else surveys.iloc[:0]
    contacts = unit.facts.contacts(answers=True, measures=True, surveyed=True)
    contacts = contacts[contacts["kind"] == "customer"]
    linked = surveys.sort_values(["answered_at", "response_id"]).drop_duplicates("contact_id", keep="last")
    joined = join_surveys(linked, contacts)
    around = timedelta(days=REPEAT_DAYS)
    first, last = (
        (joined["started_at"].min() - around, joined["started_at"].max() + around) if len(joined) else (None, None)
    )
    every = unit.facts.contacts(first, last, columns=("contact_id", "customer_id", "started_at"), of_surveyed=True)
    joined = joined.merge(mark_repeats(every), on="contact_id", how="left")
    has_agent = joined["agent_id"] != ""
    unlinked = int((~surveys["contact_id"].isin(contacts["contact_id"])).sum())
    without_agent = int((~has_agent).sum())
    joined = joined[has_agent].sort_values("contact_id").reset_index(drop=True)
    values = joined[column].to_numpy(dtype=np.float64) if column in joined else np.zeros(0)
    is_satisfied = values >= scale.satisfied_at_least if scale.higher_is_better else values <= scale.satisfied_at_least
    return Surveyed(joined, is_satisfied.astype(np.float64), unlinked, without_agent)


def most_answered(joined: "pd.DataFrame", forms: Mapping[str, Form]) -> str:
    """The form with most answers *met* or *not met* on these contacts; empty where none has any."""
    from qm.analysis.voc.voc_columns import NOT_MET, answer_columns

    counts = {
        form: sum(int((joined[column] >= NOT_MET).sum()) for column in answer_columns(joined, form))
        for form in sorted(forms)
    }
    best = max(counts, key=lambda form: counts[form], default="")
    return best if counts.get(best) else ""


def _titles(form: Form | None, drivers: Drivers) -> dict[str, Text]:
    """Titles of everything that the report names, by key."""
    from qm.analysis.voc.voc_columns import answer_column

    told = {effect.key: title_of(effect.key) for effect in drivers.effects if effect.kind is not DriverKind.CRITERION}
    told |= {one.key: name_of(one.key) for one in drivers.left_out if one.kind is not DriverKind.CRITERION}
    told |= {answer_column(form.id, one.id): one.title for one in form.criteria} if form else {}
    return told | {EITHER: title_of(EITHER)}


def _iso(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else ""
