"""What the command line prints: the day, the quarantine, the coaching list."""

import csv
import io
import os
import shutil
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as RichText

from pipelines.day import RunSummary
from pipelines.reports.labels import label
from qm.analysis.judge_classes import ClassFigure
from qm.config import Settings
from qm.domain.figures import Figure
from qm.domain.run import Quarantine
from qm.domain.text import Language
from qm.services.views import ClassRow, CoachingRow, DayFigures, GroupFigures
from qm.wording import explain_code, say


def clock(seconds: float) -> str:
    """Minutes and seconds, `1:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def print_summary(console: Console, summary: RunSummary, figures: DayFigures, language: Language) -> None:
    """What the run did."""
    counts = ", ".join(f"{n} {label(name, language)}" for name, n in summary.outcomes.items() if n)
    took = label("took", language, s=f"{summary.wall_s:.1f}")
    done = f" {visible(summary.day)}: {counts or '0 ' + label('contacts', language)} {took}"
    console.print(RichText.assemble((label("day", language), "bold"), done))
    if summary.faults:
        console.print(f"  {summary.faults} {label('file_faults', language)}")
    console.print(
        f"  {label('surveys', language)}: {summary.surveys_linked} {label('linked', language)}, "
        f"{summary.surveys_unlinked} {label('unlinked', language)}"
    )
    console.print(f"  {figures.cannot_tell} {label('of', language)} {figures.answers}: {label('open', language)}")
    if figures.people_only:
        noted = f" ({label('noted_only', language, n=figures.noted_only)})" if figures.noted_only else ""
        console.print(f"  {figures.people_only} {label('people_only', language)}{noted}")
    for link in figures.unlinked:
        console.print(f"    {link.response_id}: {say('link.' + link.reason, language)}", style="dim")


def print_figures(console: Console, figures: DayFigures, language: Language) -> None:
    """Scores, NPS and satisfaction by team and agent."""
    table = Table(title=label("figures", language), title_justify="left", title_style="bold")
    table.add_column(label("group", language))
    for _form_id, title in figures.told:
        table.add_column(title.said_in(language))
    table.add_column("NPS")
    table.add_column(label("satisfaction", language))
    for kind, groups in (("team", figures.teams), ("agent", figures.agents)):
        for group in groups:
            table.add_row(*_cells(group, label(kind, language), figures, language))
        table.add_section()
    console.print(table)
    console.print(label("interval", language, least=figures.min_n), style="dim")
    if figures.untold:
        few = ", ".join(f"{title.said_in(language)} (n={n})" for title, n in figures.untold)
        console.print(label("untold", language, forms=few), style="dim")


def print_classes(console: Console, figures: DayFigures, language: Language) -> None:
    """Share of contacts without an error in each class of critical criteria; nothing where no form has one."""
    if not figures.class_names:
        return
    table = Table(title=label("classes", language), title_justify="left", title_style="bold")
    table.add_column(label("group", language))
    for name in figures.class_names:
        table.add_column(say(f"critical.{name}", language))
    for kind, rows in groupby(figures.class_rows, key=lambda row: row.kind):
        for row in rows:
            cells = [_class_text(each, figures.min_n, language) for each in row.classes]
            table.add_row(_row_name(kind, row, language), *cells)
        table.add_section()
    console.print(table)
    console.print(label("classes_note", language), style="dim")


def _row_name(kind: str, row: ClassRow, language: Language) -> str:
    if kind == "day":
        return label("day_total", language)
    name = row.name if isinstance(row.name, str) else row.name.said_in(language)
    return visible(f"{label(kind, language)} {name}") if name else label("no_team", language)


def _class_text(figure: ClassFigure, least: int, language: Language) -> str:
    """`96.7 [83.3; 99.4] (30), 2 to be decided`."""
    text = figure_text(figure.accuracy, least, language)
    return f"{text}, {label('class_open', language, n=figure.open)}" if figure.open else text


def _cells(group: GroupFigures, kind: str, day: DayFigures, language: Language) -> list[str]:
    figures = [*(group.score(form_id) for form_id, _title in day.told), group.nps, group.satisfaction]
    name = f"{kind} {group.name}" if group.name else label("no_team", language)
    return [visible(name), *(figure_text(figure, day.min_n, language) for figure in figures)]


def figure_text(figure: Figure, least: int, language: Language) -> str:
    """`82.1 [70.3; 93.9] (9)`, or how far n is from the minimum."""
    if figure.value is None:
        return label("too_few", language, n=figure.n, least=max(least, 2))
    text = f"{figure.value:.1f} [{figure.lo:.1f}; {figure.hi:.1f}] ({figure.n})"
    return text.replace(".", ",") if language is Language.ITALIAN else text


def print_quarantine(console: Console, entries: Sequence[Quarantine], language: Language) -> None:
    """Everything that stopped, why, and the command that retries it."""
    if not entries:
        console.print(label("nothing_quarantined", language))
        return
    table = Table(title=f"{label('quarantine', language)} ({len(entries)})", title_justify="left", title_style="bold")
    for key in ("what", "code", "why", "retry"):
        table.add_column(label(key, language), overflow="fold")
    for entry in entries:
        detail = f"{entry.message}; {entry.hint}" if entry.hint else entry.message
        meaning = explain_code(entry.code, language)
        why = f"{meaning} ({entry.message})" if meaning else detail
        table.add_row(
            *(RichText(visible(part)) for part in (near(entry.subject), entry.code, why, runnable(entry.command)))
        )
    console.print(table)


def program() -> str:
    """How this machine's shell finds us: `qm`, or the path that was typed where it isn't on the search path."""
    typed = Path(sys.argv[0])
    if typed.name != "qm" or shutil.which("qm"):
        return "qm"
    return os.path.relpath(typed)


def runnable(command: str) -> str:
    """A stored `qm …` command as it has to be typed here."""
    return command.replace("qm ", f"{program()} ", 1) if command.startswith("qm ") else command


def near(subject: str) -> str:
    """A file of the quarantine by its path from here, where that is shorter."""
    return min(subject, os.path.relpath(subject), key=len) if Path(subject).is_absolute() else subject


def visible(text: str) -> str:
    """Text with control characters shown, so that a file name can't break the screen."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def print_coaching(console: Console, rows: Sequence[CoachingRow], language: Language) -> None:
    """The list, by supervisor and agent."""
    if not rows:
        console.print(label("nothing_to_coach", language))
        return
    console.print(RichText(f"{label('coaching', language)} ({len(rows)})", style="bold"))
    heading = ""
    for row in rows:
        leader = (
            f"{label('supervisor', language)} {row.supervisor}" if row.supervisor else label("no_supervisor", language)
        )
        team = f" ({row.team})" if row.team else ""
        wanted = visible(f"{leader} · {row.agent_name}{team}")
        if wanted != heading:
            heading = wanted
            console.print()
            console.print(RichText(heading, style="bold cyan"))
        console.print(Padding(_item(row, language), (0, 0, 0, 2)))


def _item(row: CoachingRow, language: Language) -> Group:
    item = row.item
    missed = label(
        "missed", language, hits=item.missed.hits, n=item.missed.n, lo=round(100 * item.missed_lo),
        hi=round(100 * item.missed_hi),
    )  # fmt: skip
    why = ", ".join(say(f"why.{reason}", language) for reason in item.reasons)
    place = f"{item.contact_id}"
    if row.medium == "voice" and item.end_s > item.start_s:
        place += f" {clock(item.start_s)}-{clock(item.end_s)}"
    lines = [
        RichText.assemble((f"{item.rank}. {row.title.said_in(language)}", "bold"), f"  [{why}]  {missed}"),
        RichText(visible(f"   {label('listen' if row.medium == 'voice' else 'read', language)}: {place}")),
    ]
    if quote := quote_text(row, language):
        lines.append(RichText(f"   {visible(quote)}"))
    lines.append(RichText(f"   {label('suggestion', language)}: {row.action.said_in(language)}", style="green"))
    return Group(*lines)


def quote_text(row: CoachingRow, language: Language) -> str:
    """The words that were said, or the nearest miss of what wasn't."""
    item = row.item
    quote = item.quote if len(item.quote) <= 160 else item.quote[:157] + "…"
    if not item.absence:
        return f"{label('said', language)}: «{quote}»" if quote else ""
    nearest = f" ({label('nearest', language)}: «{quote}»)" if quote else ""
    return f"{label('not_said', language)}{nearest}"


COACHING_COLUMNS = (
    "supervisor", "team", "agent_id", "agent_name", "rank", "criterion_id", "criterion", "why", "missed", "answered",
    "missed_lo", "missed_hi", "contact_id", "contact_started_at", "process", "start_s", "end_s", "absence",
    "quote", "action",
)  # fmt: skip


def coaching_csv(rows: Sequence[CoachingRow], language: Language) -> str:
    """The list as CSV; cells that a spreadsheet would run as a formula are made text by a leading apostrophe."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(COACHING_COLUMNS)
    for row in rows:
        item = row.item
        seconds = [item.start_s, item.end_s] if row.medium == "voice" else ["", ""]  # a chat has none to listen to
        cells: list[object] = [
            row.supervisor, row.team, item.agent_id, row.agent_name, item.rank, item.criterion_id,
            row.title.said_in(language), " ".join(item.reasons), item.missed.hits, item.missed.n, item.missed_lo,
            item.missed_hi, item.contact_id, row.contact_started_at.isoformat(), row.process, *seconds,
            "yes" if item.absence else "no", item.quote, row.action.said_in(language),
        ]  # fmt: skip
        writer.writerow([_harmless(cell) for cell in cells])
    return target.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def print_pages_line(console: Console, settings: Settings, language: Language) -> None:
    """How to open the pages: the last line of a run."""
    console.print(label("pages", language, program=program(), host=settings.host, port=settings.port), style="bold")
