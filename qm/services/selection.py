"""Use cases of selection: who answers surveys, what that does to the figures, and whose asked contacts differ."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from qm.documents import dump, load
from qm.domain.satisfied_mark import SatisfiedMark
from qm.domain.selection import GamingCheck, Headline, SelectionReport
from qm.domain.voc_plan import VocPlan
from qm.ports import UnitOfWork

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from qm.analysis.voc.weigh_responses import Weighting

KIND, LATEST = "selection", "latest"
"""Of the saved report."""
SEED = 1
"""Of the draws of the gaming check: the same contacts give the same report."""
PLAN_SHARE = 0.9
"""Of the invited contacts that must have been drawn by the plan for its probabilities to count."""
GROUPS = (("process", "process", "process"), ("team", "team", "team"), ("agent", "agent_id", "agent_name"))


class SelectionService:
    """Who answers, and what that does to the figures. Test and mystery contacts never count."""

    def __init__(self, unit_of_work: UnitOfWork, reading: UnitOfWork, plan: VocPlan, min_n: int) -> None:
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._plan = plan
        self._min_n = min_n

    def read(self) -> SelectionReport | None:
        """The report that was computed last; `None` where none was."""
        with self._reading() as unit:
            document = unit.documents.get(KIND, LATEST)
        return None if document is None else load(SelectionReport, document, "selection report")

    def compute(self, since: datetime | None, until: datetime | None, now: datetime) -> SelectionReport:
        """Work the report out over contacts that began in that time, and keep it."""
        from qm.analysis.voc.contact_features import with_moments
        from qm.analysis.voc.response_rates import with_states

        with self._reading() as unit:
            every = unit.facts.contacts(since, until)
            surveys = unit.facts.surveys()
            drawn = unit.draws.probabilities()
        # A response is of the period where its contact is: surveys come in days later.
        of_period = surveys["contact_id"].isin(every["contact_id"])
        contacts = every[every["kind"] == "customer"].reset_index(drop=True)
        own = surveys[surveys["contact_id"].isin(contacts["contact_id"])]
        unlinked = int((surveys["contact_id"] == "").sum())
        states = with_states(with_moments(contacts, self._plan.window.zone), own)
        period = (now.isoformat(timespec="seconds"), _iso(since), _iso(until))
        report = self._report(period, states, own, int(of_period.sum()) + unlinked, unlinked, _inclusion(states, drawn))
        with self._unit_of_work() as unit:
            unit.documents.save(KIND, LATEST, dump(report))
        return report

    def _report(
        self, period: tuple[str, str, str], states: "pd.DataFrame", surveys: "pd.DataFrame", responses: int,
        unlinked: int, inclusion: "np.ndarray | None",
    ) -> SelectionReport:  # fmt: skip
        import numpy as np

        from qm.analysis.voc.find_gaming import find_gaming
        from qm.analysis.voc.response_rates import response_rates
        from qm.analysis.voc.weigh_responses import weigh_responses

        invited, answered = (states[name].to_numpy(bool) for name in ("invited", "answered"))
        weighting = weigh_responses(states, answered, inclusion)
        knows_silent = bool((invited & ~answered).any())
        statements = _statements(states, weighting.reason, unlinked, knows_silent, inclusion is not None)
        gaming = GamingCheck((), (), "none_asked")
        if len(states):
            gaming = find_gaming(states, invited, np.random.default_rng(SEED), inclusion)
        headlines = tuple(self._headlines(states, surveys, weighting, invited if knows_silent else None))
        shares = {one.id for one in headlines}
        return SelectionReport(
            *period, len(states), int(invited.sum()), int(states["started"].sum()), int(answered.sum()), responses,
            unlinked, self._min_n, statements, weighting.reason, weighting.trimmed, round(weighting.effective_n, 1),
            weighting.uncovered, weighting.balance, weighting.left_out,
            headlines, response_rates(states, surveys, self._min_n), gaming,
            tuple(SatisfiedMark.of(scale) for scale in self._plan.scales if f"share:{scale.id}" in shares),
        )  # fmt: skip

    def _headlines(
        self, states: "pd.DataFrame", surveys: "pd.DataFrame", weighting: "Weighting", invited: "np.ndarray | None"
    ) -> Iterator[Headline]:
        import numpy as np

        from qm.analysis.voc.bound_figures import Members, compare_figure, points_of

        latest = surveys.drop_duplicates("contact_id", keep="last").set_index("contact_id")
        answers = latest.reindex(states["contact_id"])
        weights = None if weighting.reason else weighting.weights
        groups = [("all", "", "", np.arange(len(states)))]
        for dimension, key, name in GROUPS:
            found = states.groupby(key, sort=True).indices
            groups += [(dimension, str(k), str(states[name].iat[rows[-1]]), rows) for k, rows in found.items() if k]
        for figure_id, (points, low, high) in points_of(self._plan.scales, answers).items():
            for dimension, group, shown, rows in groups:
                members = Members(
                    dimension, group, shown, None if weights is None else weights[rows],
                    None if invited is None else invited[rows],
                )  # fmt: skip
                yield compare_figure(figure_id, points[rows], low, high, members, self._min_n)


def _statements(
    states: "pd.DataFrame", reason: str, unlinked: int, knows_silent: bool, has_plan: bool
) -> tuple[str, ...]:
    """What must be said before any number."""
    if not len(states):
        return ("no_contacts",)
    found = []
    if not states["invited"].any():
        found.append("none_surveyed")
    elif states["invited"].all():
        found.append("all_surveyed")
    if states["answered"].any() and not knows_silent:
        found.append("all_answered" if reason == "all_answered" else "no_silent")
    if reason == "thin":
        found.append("thin")
    return (*found, *(["plan"] if has_plan else []), *(["unlinked"] if unlinked else []))


def _inclusion(states: "pd.DataFrame", drawn: Mapping[str, float]) -> "np.ndarray | None":
    """The plan's probabilities, where most of who was invited was drawn by it; NaN: not in the plan's universe."""
    import numpy as np

    found: np.ndarray = states["contact_id"].map(drawn).to_numpy(np.float64, na_value=np.nan)
    invited = states["invited"].to_numpy(bool)
    if not invited.any() or (found[invited] > 0).mean() < PLAN_SHARE:
        return None
    return found


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
