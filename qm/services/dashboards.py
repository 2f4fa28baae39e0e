"""Dashboards: teams and agents, criteria, trends, quality of the data. Added up from cells, never from contacts."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from qm.analysis.compare_agents import (
    Moments,
    Stands,
    change_of,
    mean_of,
    nps_moments,
    satisfaction_moments,
    score_moments,
    share_of,
    tell_apart,
)
from qm.domain.contact import Medium
from qm.domain.figure_cells import Sums
from qm.domain.figures import Figure
from qm.domain.form import Form
from qm.domain.milestone import LONGEST_TITLE, Milestone
from qm.domain.people import WHOLE, Scope
from qm.domain.scales import Critical
from qm.domain.text import Text
from qm.errors import InputError, NotFoundError
from qm.ports import Unit, UnitOfWork
from qm.ports.figures import CellQuery
from qm.services.dashboard_views import (
    AgentCard,
    DataQuality,
    Frame,
    HeatMap,
    HeatRow,
    OpenCriterion,
    Period,
    ScoreCard,
    ScoreRow,
    Tally,
    Trend,
    TrendPoint,
)
from qm.services.day_tallies import DayTallies
from qm.services.figure_cells import CellService

LONGEST = 400
"""Days of a period."""
NOTHING = Sums({})
SCALES = {"score": (0.0, 100.0), "nps": (-100.0, 100.0), "satisfaction": (0.0, 10.0)}
MEASURES = ("score", *(each.value for each in Critical), "nps", "satisfaction")
"""What a trend may be of, beside criteria (`criterion:<id>`)."""
SCORE_NAMES = ("scored", "score_sum", "score_squares")
WHOLE_NAMES = (
    "counted", *(f"{each.value}_{state}" for each in Critical for state in ("clean", "error")),
    "nps_n", "promoters", "detractors", "satisfaction_n", "satisfaction_sum", "satisfaction_squares",
)  # fmt: skip
FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see.

    Attributes:
        days: so many, up to `until`; `since` counts where both are given.
        until: the newest day with contacts where not given.
        form_id: the form with most scores where empty.
    """

    days: int = 28
    since: date | None = None
    until: date | None = None
    form_id: str = ""
    team: str = ""
    measure: str = "score"
    step: str = "day"


class DashboardService:
    """Reads figures of whoever a scope allows; agents' test and mystery contacts are in none of them.

    Args:
        planned: milestones of the site's plan, without ids: the plan's file says them, no page takes them away.
    """

    def __init__(
        self, writing: UnitOfWork, reading: UnitOfWork, forms: Mapping[str, Form], cells: CellService, min_n: int,
        new_id: Callable[[int], str], planned: Sequence[Milestone] = (), scope: Scope = WHOLE,
    ) -> None:  # fmt: skip
        self._writing, self._reading = writing, reading
        self._forms, self._cells, self._min_n = forms, cells, min_n
        self._new_id, self._planned, self._scope = new_id, tuple(planned), scope

    def seen_by(self, scope: Scope) -> "DashboardService":
        """The same for somebody who sees that scope."""
        units = self._writing, self._reading
        return DashboardService(*units, self._forms, self._cells, self._min_n, self._new_id, self._planned, scope)

    def scorecard(self, wish: Wish) -> ScoreCard:
        """Teams and agents of a period."""
        is_behind = self._cells.look()
        with self._reading() as unit:
            frame = self._frame(unit, wish, is_behind=is_behind)
            if frame.period is None:
                return ScoreCard(frame, None, (), ())
            agents = self._rows(unit, frame, ("agent_id",))
            names = unit.figures.names([row.id for row in agents])
            (whole,) = self._rows(unit, frame, ()) or (None,)
            named = (replace(row, name=names.get(row.id) or row.id) for row in agents)
            return ScoreCard(frame, whole, self._rows(unit, frame, ("team",)), tuple(sorted(named, key=_by_name)))

    def heat(self, wish: Wish) -> HeatMap:
        """Criteria by team; by agent where a team is chosen."""
        is_behind = self._cells.look()
        with self._reading() as unit:
            frame = self._frame(unit, wish, is_behind=is_behind)
            by = "agent_id" if frame.team else "team"
            if frame.period is None:
                return HeatMap(frame, by, (), ())
            wanted = self._query(frame, frame.period, (by, "criterion_id"), (frame.form_id,))
            found = dict(unit.figures.criteria(wanted))
            ids = sorted({key[0] for key in found})
            names = unit.figures.names(ids) if frame.team else {}
            columns = sorted(((each, names.get(each) or each) for each in ids), key=lambda pair: pair[1])
            rows = self._heat_rows(frame.form_id, [each for each, _ in columns], found)
            return HeatMap(frame, by.removesuffix("_id"), tuple(columns), rows)

    def trend(self, wish: Wish, agent: str | None = None) -> Trend:
        """A measure by day or week.

        Raises:
            InputError: there is no such measure.
        """
        is_behind = self._cells.look()
        with self._reading() as unit:
            return self._trend(unit, self._frame(unit, wish, is_behind=is_behind), wish, agent)

    def agent(self, agent_id: str, wish: Wish) -> AgentCard:
        """One agent beside the team that most of the contacts belong to.

        Raises:
            NotFoundError: no contact of this agent that whoever asks may see.
        """
        is_behind = self._cells.look()
        with self._reading() as unit:
            own = unit.figures.sums(CellQuery(FIRST_DAY, LAST_DAY, ("team",), self._scope, ("",), agent=agent_id))
            if not own or not agent_id:
                # Without the id: who isn't there and whom one may not see are told alike.
                raise NotFoundError(
                    "figures.unknown_agent", "no figures of such an agent", "the dashboards name those that have any"
                )
            team = max(own, key=lambda pair: pair[1]["contacts"])[0][0]
            frame = self._frame(unit, replace(wish, team=team), is_behind=is_behind)
            rows = {row.id: row for row in self._rows(unit, frame, ("agent_id",))}
            teams = {row.id: row for row in self._rows(unit, frame, ("team",))}
            name = unit.figures.names([agent_id]).get(agent_id) or agent_id
            period = frame.period or Period(date.min, date.min)
            query = self._query(frame, period, ("agent_id", "criterion_id"), (frame.form_id,))
            found = dict(unit.figures.criteria(query))
            return AgentCard(
                frame, replace(rows.get(agent_id) or self._row(agent_id, NOTHING, NOTHING, NOTHING), name=name),
                teams.get(team) or self._row(team, NOTHING, NOTHING, NOTHING),
                self._trend(unit, frame, wish, agent_id), self._heat_rows(frame.form_id, [agent_id], found),
            )  # fmt: skip

    def data(self, wish: Wish) -> DataQuality:
        """What stopped, how well it could be read, what is missing."""
        is_behind = self._cells.look()
        with self._reading() as unit:
            frame = self._frame(unit, wish, is_behind=is_behind)
            if frame.period is None:
                return DataQuality(frame, 0, 0, 0, (), (), (), (), (), ())
            query = self._query(frame, frame.period, ("day",), ("",))
            days = unit.figures.sums(replace(query, names=("contacts", "done", "quarantined")))
            found = unit.figures.tallies(replace(query, by=("day", "kind", "name"), forms=None))
            answers = unit.figures.criteria(replace(query, by=("form_id", "criterion_id"), forms=None))
        n, done, stopped = (sum(s.count(name) for _, s in days) for name in ("contacts", "done", "quarantined"))
        tallies = DayTallies(found)
        calls = tallies.total("medium", Medium.VOICE)
        of = {"quarantine": n, "grade": tallies.whole("grade"), "language": n, "missing": n, "finding": calls}
        shares = {
            kind: tuple(Tally(name, self._share(hits, of[kind])) for name, hits in tallies.totals(kind)) for kind in of
        }
        came = {key[0]: sums.count("contacts") for key, sums in days}
        return DataQuality(
            frame, n, done, stopped, shares["quarantine"], shares["grade"], shares["language"], shares["missing"],
            tuple((date.fromisoformat(key[0]), s.count("contacts"), s.count("quarantined")) for key, s in days),
            self._open(answers), shares["finding"], tallies.by_day("quarantine", came),
            tallies.by_day("finding", {day: tallies.at(day, "medium", Medium.VOICE) for day in came}),
        )  # fmt: skip

    def add_milestone(self, day: date, title_it: str, title_en: str, actor: str) -> Milestone:
        """Note what began on a day; a title in one language stands for both.

        Raises:
            InputError: no title, or too long a one.
        """
        italian, english = title_it.strip(), title_en.strip()
        if not 0 < max(len(italian), len(english)) <= LONGEST_TITLE:
            message = f"a title has 1 to {LONGEST_TITLE} characters"
            raise InputError("milestone.title", message, "give a short title in both languages")
        milestone = Milestone(self._new_id(8), day, Text(italian or english, english or italian))
        with self._writing() as unit:
            unit.figures.add_milestone(milestone)
            unit.audit.note("milestone.added", "milestone", milestone.id, actor=actor)
        return milestone

    def drop_milestone(self, milestone_id: str, actor: str) -> None:
        """Take one away; harmless when repeated."""
        with self._writing() as unit:
            if unit.figures.drop_milestone(milestone_id):
                unit.audit.note("milestone.dropped", "milestone", milestone_id, actor=actor)

    def _frame(self, unit: Unit, wish: Wish, *, is_behind: bool) -> Frame:
        newest = wish.until or self._newest(unit)
        if newest is None:
            return Frame(None, wish.form_id, self._titles(), (), wish.team, self._min_n, is_behind)
        period = _period(wish, newest)
        query = CellQuery(str(period.since), str(period.until), ("form_id",), self._scope, names=("scored",))
        scored = [(sums["scored"], key[0]) for key, sums in unit.figures.sums(query) if key[0] in self._forms]
        form_id = wish.form_id or max(scored, key=lambda pair: pair[0], default=(0, ""))[1]
        if form_id and form_id not in self._forms:
            raise InputError("figures.form", f"no form '{form_id}'", f"one of: {', '.join(sorted(self._forms))}")
        teams = [key[0] for key, _ in unit.figures.sums(replace(query, by=("team",), forms=("",)))]
        return Frame(period, form_id, self._titles(), tuple(teams), wish.team, self._min_n, is_behind)

    def _newest(self, unit: Unit) -> date | None:
        newest = unit.figures.newest(self._scope)
        return date.fromisoformat(newest) if newest else None

    def _titles(self) -> tuple[tuple[str, Text], ...]:
        return tuple((form.id, form.title) for form in self._forms.values())

    def _query(
        self, frame: Frame, period: Period, by: tuple[str, ...], forms: tuple[str, ...], agent: str | None = None
    ) -> CellQuery:
        days = period.since.isoformat(), period.until.isoformat()
        return CellQuery(*days, by, self._scope, forms, frame.team or None, agent)

    def _rows(self, unit: Unit, frame: Frame, by: tuple[str, ...]) -> tuple[ScoreRow, ...]:
        if frame.period is None:
            return ()
        now, earlier = frame.period, _before(frame.period)
        whole = dict(unit.figures.sums(replace(self._query(frame, now, by, ("",)), names=WHOLE_NAMES)))
        queries = (self._query(frame, period, by, (frame.form_id,)) for period in (now, earlier))
        scored, before = (dict(unit.figures.sums(replace(query, names=SCORE_NAMES))) for query in queries)
        moments = {"".join(key): score_moments(sums) for key, sums in scored.items()}
        stands = tell_apart(moments, self._min_n, 100.0)
        rows = []
        for key, sums in whole.items():
            row = self._row("".join(key), sums, scored.get(key, NOTHING), before.get(key, NOTHING))
            told = stands.get(row.id, Stands.UNKNOWN) if by == ("agent_id",) else Stands.UNKNOWN
            rows.append(replace(row, stands=told))
        return tuple(rows)

    def _row(self, key: str, whole: Sums, scored: Sums, before: Sums) -> ScoreRow:
        least = self._min_n
        return ScoreRow(
            key, key, whole.count("counted"), self._mean("score", score_moments(scored)),
            change_of(score_moments(scored), score_moments(before), least, 100.0),
            tuple((each.value, self._accuracy(whole, each.value)) for each in Critical),
            self._mean("nps", nps_moments(whole)), self._mean("satisfaction", satisfaction_moments(whole)),
        )  # fmt: skip

    def _mean(self, scale: str, values: Moments) -> Figure:
        return mean_of(values, self._min_n, *SCALES[scale])

    def _share(self, hits: int, n: int) -> Figure:
        return share_of(hits, n, self._min_n)

    def _accuracy(self, sums: Sums, name: str) -> Figure:
        clean, error = sums.count(f"{name}_clean"), sums.count(f"{name}_error")
        return self._share(clean, clean + error)

    def _heat_rows(
        self, form_id: str, columns: Sequence[str], found: Mapping[tuple[str, ...], Sums]
    ) -> tuple[HeatRow, ...]:
        form = self._forms.get(form_id)
        rows = []
        for criterion in form.criteria if form else ():
            own = [found.get((column, criterion.id), NOTHING) for column in columns]
            if any(sums["met"] + sums["not_met"] for sums in own):
                met, missed = (sum(sums.count(name) for sums in own) for name in ("met", "not_met"))
                cells = tuple(self._met(sums) for sums in own)
                rows.append(HeatRow(criterion.id, criterion.title, cells, self._share(met, met + missed)))
        return tuple(rows)

    def _met(self, sums: Sums) -> Figure:
        return self._share(sums.count("met"), sums.count("met") + sums.count("not_met"))

    def _trend(self, unit: Unit, frame: Frame, wish: Wish, agent: str | None) -> Trend:
        kind, _, criterion = wish.measure.partition(":")
        if wish.measure not in MEASURES and kind != "criterion":
            message = f"no measure '{wish.measure}'"
            raise InputError("figures.measure", message, f"one of: {', '.join(MEASURES)}, criterion:ID")
        low, high = SCALES.get(kind, (0.0, 100.0))
        if frame.period is None:
            return Trend(frame, wish.measure, wish.step, low, high, (), ())
        forms = (frame.form_id,) if kind in ("score", "criterion") else ("",)
        query = self._query(frame, frame.period, ("day",), forms, agent)
        if kind == "criterion":
            answers = unit.figures.criteria(replace(query, by=("day", "criterion_id")))
            found = [(key[:1], sums) for key, sums in answers if key[1] == criterion]
        else:
            found = unit.figures.sums(query)
        grouped: dict[date, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for (day,), sums in found:
            for name, value in sums.values.items():
                grouped[_step(date.fromisoformat(day), wish.step)][name] += value
        points = tuple(TrendPoint(day, self._measured(kind, Sums(grouped[day]))) for day in sorted(grouped))
        noted = unit.figures.milestones(frame.period.since.isoformat(), frame.period.until.isoformat())
        planned = (one for one in self._planned if frame.period.since <= one.day <= frame.period.until)
        milestones = tuple(sorted((*noted, *planned), key=lambda one: (one.day, one.id)))
        return Trend(frame, wish.measure, wish.step, low, high, points, milestones)

    def _measured(self, kind: str, sums: Sums) -> Figure:
        if kind == "criterion":
            return self._met(sums)
        if kind in SCALES:
            values = {"score": score_moments, "nps": nps_moments, "satisfaction": satisfaction_moments}[kind](sums)
            return self._mean(kind, values)
        return self._accuracy(sums, kind)

    def _open(self, answers: Sequence[tuple[tuple[str, ...], Sums]]) -> tuple[OpenCriterion, ...]:
        titles = {(form.id, each.id): each.title for form in self._forms.values() for each in form.criteria}
        found = []
        for (form_id, criterion), sums in answers:
            open_, asked = (
                sums.count("cannot_tell"),
                sum(sums.count(name) for name in ("met", "not_met", "cannot_tell")),
            )
            if open_ and (form_id, criterion) in titles:
                share = self._share(open_, asked)
                found.append(OpenCriterion(form_id, criterion, titles[form_id, criterion], share))
        return tuple(sorted(found, key=lambda each: (-(each.share.value or 0), each.form_id, each.criterion_id)))


def _period(wish: Wish, until: date) -> Period:
    try:
        since = wish.since or until - timedelta(days=wish.days - 1)
    except OverflowError:
        since = until
    if not 0 <= (until - since).days < LONGEST:
        message = f"{since} to {until} isn't a period"
        raise InputError("figures.period", message, f"begin before it ends, at most {LONGEST} days")
    return Period(since, until)


def _before(period: Period) -> Period:
    """As long, right before; the earliest day of all where there is none before it."""
    ends = [max(day.toordinal() - period.days, 1) for day in (period.since, period.until)]
    return Period(*(date.fromordinal(each) for each in ends))


def _step(day: date, step: str) -> date:
    return day - timedelta(days=day.weekday()) if step == "week" and day.toordinal() > 7 else day


def _by_name(row: ScoreRow) -> tuple[str, str]:
    return row.name, row.id
