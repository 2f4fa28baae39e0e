"""Survey reports, draws and the plan in force, as tables on a terminal."""

from rich.console import Console
from rich.table import Table

from qm.analysis.voc.group_figures import share_figure
from qm.domain.figures import Count, Figure
from qm.domain.survey_report import ReportScale, ScaleFigures, SurveyReport
from qm.domain.text import Language, Text
from qm.domain.voc_plan import VocPlan
from qm.services.survey_draws import DayDraw
from qm.wording import say

LABELS = {
    "invited": Text("Invitati", "Invited"),
    "answered": Text("Risposte", "Answers"),
    "rate": Text("Tasso", "Rate"),
    "all": Text("Tutti", "All"),
    "satisfied": Text("soddisfatti", "satisfied"),
    "promoters": Text("promotori", "promoters"),
    "target": Text("obiettivo {value}: {state}", "target {value}: {state}"),
    "summary": Text(
        "{contacts} contatti, {invited} invitati, {answered} risposte; {unlinked} risposte senza contatto, "
        "{beside} su contatti di prova (fuori dai conti)",
        "{contacts} contacts, {invited} invited, {answered} answers; {unlinked} answers without a contact, "
        "{beside} to test contacts (not counted)",
    ),
    "none": Text(
        "Nessuna risposta collegata a un contatto nel periodo.", "No answer linked to a contact in this period."
    ),
    "note": Text(
        "Valore e intervallo al 95 %; n tra parentesi; sotto {n} risposte nessun valore. Ordine alfabetico: non è una "
        "classifica. «Meglio» e «peggio» solo dove il caso è una spiegazione improbabile (test di permutazione, "
        "correzione di Holm); chi gestisce altri tipi di contatto può differire per quello: --process confronta alla "
        "pari.",
        "Value and 95 % interval; n in brackets; below {n} answers no value. Alphabetical: it's no ranking. “Better” "
        "and “worse” only where chance is an unlikely reason (permutation test, Holm's correction); who handles other "
        "contacts may differ by that: --process compares like with like.",
    ),
    "few": Text("n={n}, minimo {least}", "n={n}, minimum {least}"),
    "drawn": Text(
        "{day}: {n} contatti da intervistare su {universe} (quota del piano {share} %, {strata} strati, {new} nuovi)",
        "{day}: {n} contacts to ask of {universe} (the plan's share {share} %, {strata} strata, {new} new)",
    ),
    "window": Text("Dal {begins} al {ends}", "From {begins} to {ends}"),
    "not_over": Text(
        "La giornata non è finita: chi si aggiunge è estratto per conto suo.",
        "The day isn't over: contacts that join are drawn each by itself.",
    ),
    "unknown": Text(
        "{n} senza codice cliente: non si sa se siano stati intervistati di recente.",
        "{n} without a customer's id: whether they were asked recently can't be known.",
    ),
    "left_out": Text("Esclusi: {n} ({reason})", "Left out: {n} ({reason})"),
    "milestones": Text("Tappe", "Milestones"),
}


def label(key: str, language: Language, **values: object) -> str:
    """Words of these tables."""
    return LABELS[key].said_in(language).format(**values)


def print_report(console: Console, report: SurveyReport, language: Language) -> None:
    """Total, groups and time line."""
    total = report.total
    counts = {"contacts": report.contacts, "invited": total.invited, "answered": total.answered}
    console.print(label("summary", language, **counts, unlinked=report.unlinked, beside=report.beside))
    if not total.invited:
        console.print(label("none", language))
        return
    table = _table(say(f"by.{report.by}", language), report, language)
    for group in [*report.groups, total]:
        name = label("all", language) if group is total else group.name or "–"
        cells = [
            _cell(figures, scale, report.min_n, language)
            for figures, scale in zip(group.scales, report.scales, strict=True)
        ]
        rate = _figure(group.rate, 100, 0, report.min_n, language, " %")
        table.add_row(name, str(group.invited), str(group.answered), rate, *cells)
    console.print(table)
    line = _table(say(f"step.{report.step}", language), report, language)
    for point in report.line:
        cells = [
            _cell(figures, scale, report.min_n, language)
            for figures, scale in zip(point.scales, report.scales, strict=True)
        ]
        share = share_figure(Count(point.answered, point.invited), report.min_n)
        shown = (str(point.invited), str(point.answered), _figure(share, 100, 0, report.min_n, language, " %"))
        line.add_row(point.begins_on.isoformat(), *shown, *cells)
    console.print(line)
    for mark in report.milestones:
        console.print(f"{mark.on.isoformat()}  {mark.title.said_in(language)}")
    console.print(label("note", language, n=report.min_n))


def print_draw(console: Console, found: DayDraw, language: Language) -> None:
    """What was drawn, and why others weren't."""
    begins, ends = (at.strftime("%Y-%m-%d %H:%M") for at in (found.begins_at, found.ends_at))
    counts = {"n": len(found.invitations), "universe": found.universe, "strata": found.strata, "new": found.new}
    console.print(label("drawn", language, day=found.day.isoformat(), share=f"{100 * found.share:g}", **counts))
    console.print(label("window", language, begins=begins, ends=ends))
    if not found.is_over:
        console.print(label("not_over", language))
    if found.unknown_customers:
        console.print(label("unknown", language, n=found.unknown_customers))
    for reason, n in found.left_out.items():
        console.print(label("left_out", language, n=n, reason=say(f"draw.{reason}", language)))
    table = Table("contact_id", "customer_id", "agent_id", "process", "stratum", "probability")
    for each in found.invitations:
        cells = (each.contact_id, each.customer_id, each.agent_id, each.process, each.stratum)
        table.add_row(*cells, number(each.probability, 3, language))
    if found.invitations:
        console.print(table)


def print_plan(console: Console, plan: VocPlan, language: Language) -> None:
    """The plan in force, part by part."""
    scales = Table("id", "title", "low", "high", "satisfied", "aliases")
    for scale in plan.scales:
        sign = "≥" if scale.higher_is_better else "≤"
        limits = (f"{scale.low:g}", f"{scale.high:g}", f"{sign} {scale.satisfied_at_least:g}")
        scales.add_row(scale.id, scale.title.said_in(language), *limits, ", ".join(scale.aliases))
    console.print(scales)
    sampling, window = plan.sampling, plan.window
    shares = " ".join(f"{100 * share:g} %" for share in sampling.shares)
    unknown = "yes" if sampling.ask_unknown else "no"
    lines = [
        f"day: {window.begins_at:%H:%M} {window.zone}",
        f"sampling: {sampling.first_month:%Y-%m}, {shares}; strata {', '.join(sampling.strata) or '–'}",
        f"sampling: quiet_days {sampling.quiet_days}; ask_unknown {unknown}; seed {sampling.seed}",
    ]
    for target in plan.targets:
        kind = "satisfied" if target.of_satisfied else "mean"
        lines.append(f"target: {target.scale} {kind} {target.value:g}{' ' + target.process if target.process else ''}")
    lines += [f"milestone: {each.on.isoformat()} {each.title.said_in(language)}" for each in plan.milestones]
    cases = plan.cases
    rule = ", ".join(f"{scale} ≤ {limit:g}" for scale, limit in cases.rule.at_most.items())
    hours = f"attempt_h {cases.attempt_h:g}; close_h {cases.close_h:g}"
    tries = f"attempts_before_giving_up {cases.attempts_before_giving_up}"
    lines.append(f"cases: {rule}; needs_all {'yes' if cases.rule.needs_all else 'no'}; {hours}; {tries}")
    lines += [f"cause: {each.id} ({each.side.value}) {each.title.said_in(language)}" for each in cases.causes]
    lines += [f"remedy: {each.id} {each.title.said_in(language)}" for each in cases.remedies]
    for line in lines:
        console.print(line)


def number(value: float, digits: int, language: Language) -> str:
    """With the language's decimal sign."""
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if language is Language.ITALIAN else text


def _table(head: str, report: SurveyReport, language: Language) -> Table:
    table = Table(head)
    for key in ("invited", "answered", "rate"):
        table.add_column(label(key, language), justify="right")
    for scale in report.scales:
        table.add_column(scale.title.said_in(language))
    return table


def _cell(figures: ScaleFigures, scale: ReportScale, least_n: int, language: Language) -> str:
    lines = [_figure(figures.figure, 1, scale.digits, least_n, language)]
    if figures.satisfied.value is not None:
        share = _figure(figures.satisfied, 100, 0, least_n, language, " %").rpartition(" (")[0]
        kind = "promoters" if figures.scale == "nps" else "satisfied"
        lines.append(f"{label(kind, language)} {share}")
    for target, state, factor, unit in (
        (figures.target, figures.state, 1, ""), (figures.satisfied_target, figures.satisfied_state, 100, " %"),
    ):  # fmt: skip
        if target is not None and state is not None:
            value = f"{number(factor * target, scale.digits if factor == 1 else 0, language)}{unit}"
            lines.append(label("target", language, value=value, state=say(f"target.{state}", language)))
    if figures.standing is not None and figures.figure.value is not None:
        lines.append(say(f"standing.{figures.standing}", language))
    return "\n".join(lines)


def _figure(figure: Figure, factor: float, digits: int, least_n: int, language: Language, unit: str = "") -> str:
    if figure.value is None or figure.lo is None or figure.hi is None:
        return label("few", language, n=figure.n, least=max(least_n, 2))
    value, lo, hi = (number(factor * each, digits, language) for each in (figure.value, figure.lo, figure.hi))
    return f"{value}{unit} [{lo}; {hi}] ({figure.n})"
