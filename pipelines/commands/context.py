"""What every command starts from: settings, wiring, consoles."""

from dataclasses import dataclass, field

from rich.console import Console

from pipelines.reports.labels import label
from pipelines.wiring import Wiring
from qm.config import Settings, read_settings
from qm.documents import dump
from qm.domain.text import Language
from qm.errors import QmError
from qm.operations.logs import configure_logs
from qm.operations.start import command_level


@dataclass
class CommandContext:
    """Settings in force and the parts made from them. Results go to `out`, everything else to `errors`."""

    settings: Settings
    wiring: Wiring
    out: Console
    errors: Console
    language: Language
    _told: set[str] = field(default_factory=set)

    @classmethod
    def open(cls) -> "CommandContext":
        """From the environment and `qm.toml`."""
        settings = read_settings()
        configure_logs(settings.log, command_level(settings))
        errors = _console(stderr=True)
        wiring = Wiring(settings, progress=lambda line: errors.print(line, markup=False))
        context = cls(settings, wiring, _console(stderr=False), errors, Language(settings.language))
        wiring.tell, wiring.held_up = context.tell_of_wait, context.tell_of_pause
        return context

    def tell_of_wait(self, error: QmError, pause_s: float, tries: int) -> None:
        """Say that the database or the object store is away, and how long is waited for it."""
        what = f"{error.code}: {error.message}"
        self.errors.print(label("away", self.language, what=what, s=f"{pause_s:.0f}", n=tries), soft_wrap=True)

    def tell_of_pause(self, run_id: str) -> None:
        """Say, once, that a run is waited for that somebody paused."""
        if run_id not in self._told:
            self._told.add(run_id)
            self.errors.print(label("run_held_up", self.language, run=run_id), soft_wrap=True)


def _console(*, stderr: bool) -> Console:
    """A console; where nobody looks at a terminal, lines are wide enough not to break messages."""
    # No markup: what is printed holds names and ids from the site's files, which may look like it.
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    return (
        console
        if console.is_terminal
        else Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=140)
    )


def emit_json(value: object) -> None:
    """One JSON document on standard output."""
    print(dump(value))
