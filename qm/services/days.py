"""A day in numbers on a site of any size: added up from cells, never from contacts."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from qm.analysis.compare_agents import mean_of, nps_moments, satisfaction_moments, score_moments
from qm.analysis.judge_classes import ClassFigure, class_figure
from qm.domain.figure_cells import Sums
from qm.domain.form import Form
from qm.domain.people import WHOLE, Scope
from qm.domain.scales import Critical
from qm.errors import InputError
from qm.ports import Unit, UnitOfWork
from qm.ports.figures import CellQuery
from qm.services.figure_cells import CellService
from qm.services.views import DayFigures, GroupFigures

MOST_AGENTS = 40
"""Where more had contacts on a day, the dashboards show them, which have room for them."""
MOST_UNLINKED = 20
NOTHING = Sums({})
ByForm = Mapping[str, Sums]
"""Sums by form id; empty: of whole contacts."""


def read_day(text: str) -> date | None:
    """The day that somebody names; `None` where the text is empty.

    Raises:
        InputError: it's no day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError("figures.day", "that isn't a day", "like 2026-11-23") from None


class DayService:
    """Reads the day of whoever a scope allows. Test and mystery contacts are in no score, accuracy or survey figure."""

    def __init__(
        self, reading: UnitOfWork, forms: Mapping[str, Form], cells: CellService, min_n: int, scope: Scope = WHOLE
    ) -> None:
        self._reading, self._forms, self._cells, self._min_n, self._scope = reading, forms, cells, min_n, scope
        self._noted = frozenset((f.id, c.id) for f in forms.values() for c in f.criteria if not c.is_scored)

    def seen_by(self, scope: Scope) -> "DayService":
        """The same for somebody who sees that scope."""
        return DayService(self._reading, self._forms, self._cells, self._min_n, scope)

    def day(self, wanted: date | None = None) -> DayFigures:
        """Figures of that day, by the site's clock; of the newest with contacts where it isn't given."""
        is_behind = self._cells.look()
        with self._reading() as unit:
            newest = unit.figures.newest(self._scope)
            name = wanted.isoformat() if wanted else newest
            earlier, later = unit.figures.beside(name, self._scope) if name else ("", "")
            figures = self._figures(unit, name)
            unlinked = unit.surveys.unlinked(MOST_UNLINKED) if self._scope.is_whole else (0, ())
            responses = unit.surveys.count() if self._scope.is_whole else figures.linked
        days = (date.fromisoformat(each) if each else None for each in (name, earlier, later))
        day, before, after = days
        return replace(
            figures, day=day, earlier=before, later=after, is_behind=is_behind,
            responses=responses, unlinked_n=unlinked[0], unlinked=unlinked[1],
        )  # fmt: skip

    def _figures(self, unit: Unit, day: str) -> DayFigures:
        query = CellQuery(day, day, ("form_id",), self._scope)
        forms = {key[0]: sums for key, sums in unit.figures.sums(query)}
        whole = forms.get("", NOTHING)
        people_only, noted_only = self._left(unit, query)
        agents = unit.figures.sums(replace(query, by=("agent_id",), forms=("",), names=("counted",)))
        counted = [key[0] for key, sums in agents if sums["counted"]]
        names = unit.figures.names(counted) if len(counted) <= MOST_AGENTS else {}
        return DayFigures(
            contacts=whole.count("contacts"), done=whole.count("done"), quarantined=whole.count("quarantined"),
            cannot_tell=whole.count("cannot_tell"), answers=whole.count("asked"), min_n=self._min_n,
            form_titles=tuple((form.id, form.title) for form in self._forms.values()),
            teams=self._groups(unit, query, "team", {}),
            agents=self._groups(unit, query, "agent_id", names) if len(counted) <= MOST_AGENTS else (),
            responses=0, linked=whole.count("linked"), unlinked=(), people_only=people_only, noted_only=noted_only,
            classes=self._classes(whole),
            form_classes=tuple((form_id, self._classes(forms.get(form_id, NOTHING))) for form_id in self._forms),
            agents_n=len(counted),
        )  # fmt: skip

    def _left(self, unit: Unit, query: CellQuery) -> tuple[int, int]:
        """Answers that forms leave to people, and those of them that count in no score."""
        answers = unit.figures.criteria(replace(query, by=("form_id", "criterion_id")))
        left = [(key in self._noted, sums.count("left_to_people")) for key, sums in answers]
        return sum(n for _, n in left), sum(n for is_noted, n in left if is_noted)

    def _groups(
        self, unit: Unit, query: CellQuery, column: str, names: Mapping[str, str]
    ) -> tuple[GroupFigures, ...]:  # fmt: skip
        found: dict[str, dict[str, Sums]] = defaultdict(dict)
        for (group, form_id), sums in unit.figures.sums(replace(query, by=(column, "form_id"))):
            found[group][form_id] = sums
        groups = (
            self._group(each, names.get(each) or each, own)
            for each, own in found.items() if own.get("", NOTHING)["counted"]
        )  # fmt: skip
        return tuple(sorted(groups, key=lambda group: (group.name, group.id)))

    def _group(self, group: str, name: str, own: ByForm) -> GroupFigures:
        whole, least = own[""], self._min_n
        scores = (
            (form_id, mean_of(score_moments(own.get(form_id, NOTHING)), least, 0.0, 100.0)) for form_id in self._forms
        )
        return GroupFigures(
            group, name, whole.count("counted"), tuple(scores), mean_of(nps_moments(whole), least, -100.0, 100.0),
            mean_of(satisfaction_moments(whole), least, 0.0, 10.0), self._classes(whole),
        )  # fmt: skip

    def _classes(self, sums: Sums) -> tuple[ClassFigure, ...]:
        def count(name: str, state: str) -> int:
            return sums.count(f"{name}_{state}")

        return tuple(
            class_figure(name, count(name, "clean"), count(name, "error"), count(name, "open"), self._min_n)
            for name in map(str, Critical)
        )
