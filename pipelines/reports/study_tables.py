"""Reports about raters and scores on the terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from qm.analysis.calibration.fit_severity import chance_on_even_cases
from qm.domain.calibration import MACHINE
from qm.domain.calibration_study import FacetEffect
from qm.domain.figures import Figure
from qm.domain.text import Language
from qm.services.study_views import MapReport, PlanReport, RaterReport
from qm.wording_study import study_word


def print_raters(out: Console, report: RaterReport, language: Language) -> None:
    """Severity, difficulty, changes and sources of one form."""
    study = report.study
    counts = {"form": report.form_id, "answers": study.answers, "contacts": study.contacts}
    out.print(study_word("form_line", language, sessions=len(report.sessions), **counts))
    for code in study.why:
        out.print(study_word(f"why_{code}", language))
    if not study.answers:
        return
    out.print(_effects("raters_title", "col_rater", study.raters, language))
    out.print(_effects("criteria_title", "col_criterion", study.criteria, language))
    if study.drifts:
        out.print(_drifts(report, language))
    if report.spread.why:
        out.print(f"{study_word('spread_title', language)}: {study_word(f'why.{report.spread.why}', language)}")
    else:
        out.print(_spread(report, language))
        out.print(_dependability(report, language))


def print_plan(out: Console, form_id: str, plan: PlanReport, language: Language) -> None:
    """Contacts an agent needs, by number of analysts."""
    if not plan.rows:
        out.print(f"{form_id}: {study_word('unknown', language)}")
        return
    width, phi = (shown(value, language, digits) for value, digits in ((plan.half_width, 1), (plan.phi, 2)))
    heads = [study_word("col_needed", language, width=width), study_word("col_reliable", language, phi=phi)]
    table = _table(f"{study_word('plan_title', language)}: {form_id}", [study_word("col_raters", language), *heads])
    for row in plan.rows:
        name = str(row.raters) if row.raters else study_word("machine", language)
        needed = _whole(row.contacts, language)
        if row.contacts is not None:
            needed += f" ({row.contacts_lo}…{_whole(row.contacts_hi, language)})"
        table.add_row(name, needed, _whole(row.reliable_contacts, language))
    out.print(table)


def print_map(out: Console, report: MapReport, language: Language) -> None:
    """What a form's score tells, or why nothing can be told."""
    found = report.map
    counts = {"hits": found.satisfied.hits, "n": found.satisfied.n, "agents": found.agents}
    out.print(study_word("map_line", language, form=found.form_id, **counts))
    if found.ranking.value is not None:
        told = (found.ranking.value, found.ranking.lo, found.ranking.hi)
        value, lo, hi = (shown(100 * (part or 0.0), language, 0) + " %" for part in told)
        out.print(study_word("ranking_line", language, value=value, lo=lo, hi=hi))
    if found.why:
        out.print(study_word(f"why_{found.why}", language))
    if not found.bins:
        return
    heads = [study_word(f"col_{name}", language) for name in ("score", "said", "came")]
    table = _table(study_word("map_title", language), [*heads, "n"])
    for one in found.bins:
        scores = f"{shown(one.lo, language, 0)}…{shown(one.hi, language, 0)}"
        table.add_row(
            scores,
            shown(100 * one.said, language, 0) + " %",
            interval(one.came, language, 0, 100, " %"),
            str(one.came.n),
        )
    out.print(table)


def shown(value: float, language: Language, digits: int) -> str:
    """A number with the language's decimal sign."""
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if language is Language.ITALIAN else text


def interval(figure: Figure, language: Language, digits: int = 2, times: float = 1.0, unit: str = "") -> str:
    """A figure as `0.52 (0.28…0.76)`; a dash without a value."""
    if figure.value is None:
        return "–"
    value, lo, hi = (shown(times * (x or 0.0), language, digits) for x in (figure.value, figure.lo, figure.hi))
    return f"{value}{unit} ({lo}…{hi})"


def _effects(title: str, first: str, effects: Sequence[FacetEffect], language: Language) -> Table:
    of_what = "_criteria" if first == "col_criterion" else ""
    heads = [first, "col_met", *(f"col_{name}{of_what}" for name in ("apart", "effect", "evens")), "col_stands"]
    table = _table(study_word(title, language), [study_word(head, language) for head in heads])
    for one in effects:
        name = study_word("machine", language) if one.id == MACHINE else one.id
        counts = [f"{count.hits}/{count.n}" for count in (one.answers, one.apart)]
        if one.why:
            table.add_row(name, *counts, study_word(f"why_{one.why}", language), "–", "–")
            continue
        stands = study_word("yes" if one.stands_out else "no", language)
        evens = interval(chance_on_even_cases(one.effect), language, 0, 100, " %")
        table.add_row(name, *counts, interval(one.effect, language), evens, stands)
    return table


def _drifts(report: RaterReport, language: Language) -> Table:
    heads = ["col_rater", "col_period", "col_contacts", "col_change", "col_change_evens", "col_alarm"]
    table = _table(study_word("drift_title", language), [study_word(head, language) for head in heads])
    for one in report.study.drifts:
        told = study_word(f"why_{one.why}", language) if one.why else interval(one.change, language)
        alarm = "–" if one.why else study_word("yes" if one.is_alarm else "no", language)
        evens = interval(chance_on_even_cases(one.change), language, 0, 100, " %")
        name = study_word("machine", language) if one.rater == MACHINE else one.rater
        table.add_row(name, one.period, str(one.contacts), told, evens, alarm)
    return table


def _spread(report: RaterReport, language: Language) -> Table:
    heads = [study_word(f"col_{name}", language) for name in ("source", "spread", "share")]
    table = _table(study_word("spread_title", language), heads)
    for part in report.spread.parts:
        name = " × ".join(study_word(f"facet_{facet}", language) for facet in part.facets)
        name += study_word("with_chance", language) if len(part.facets) == 3 else ""
        table.add_row(name, interval(part.spread, language, 1), f"{shown(100 * part.share, language, 0)} %")
    return table


def _dependability(report: RaterReport, language: Language) -> Table:
    table = _table("", [study_word(f"col_{name}", language) for name in ("raters", "relative", "absolute")])
    for one in report.spread.dependability:
        table.add_row(str(one.raters), interval(one.relative, language), interval(one.absolute, language))
    return table


def _whole(value: int | None, language: Language) -> str:
    return study_word("never", language) if value is None else str(value)


def _table(title: str, heads: Iterable[str]) -> Table:
    table = Table(*heads, title=title or None, title_justify="left")
    for column in table.columns[1:]:
        column.overflow = "fold"
    return table
