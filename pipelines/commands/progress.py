"""Progress of long work, on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pipelines.reports.labels import LABELS, label
from pipelines.runner import Step
from qm.domain.text import Language


@dataclass
class Display:
    """A bar that counts contacts and names the one at work."""

    progress: Progress
    task: TaskID
    language: Language

    def announce(self, total: int) -> None:
        """Set how many contacts there are."""
        self.progress.update(self.task, total=total)

    def show_count(self, done: int, total: int) -> None:
        """Show how many contacts are done, and of how many."""
        self.progress.update(self.task, completed=done, total=total)

    def watch(self, step: Step) -> None:
        """Show a step; count a contact that left its last stage."""
        if step.outcome is not None:
            self.progress.advance(self.task)
        else:
            stage = label(step.stage, self.language) if step.stage in LABELS else step.stage
            self.progress.update(self.task, description=f"{step.contact_id} · {stage}")


@contextmanager
def display(console: Console, language: Language, *, quiet: bool) -> Iterator[Display]:
    """A running display; nothing is drawn where `quiet` or where nobody looks at a terminal."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True) as progress:
        yield Display(progress, progress.add_task(label("working", language), total=None), language)
