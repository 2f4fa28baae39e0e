"""What every command starts from: settings, wiring, consoles."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console

from models.catalogue import CATALOGUE, faults_of
from pipelines.wiring import Wiring
from qm.config import Settings, read_settings
from qm.documents import dump
from qm.domain.text import Language
from qm.errors import QmError


@dataclass
class CommandContext:
    """Settings in force and the parts made from them. Results go to `out`, everything else to `errors`."""

    settings: Settings
    wiring: Wiring
    out: Console
    errors: Console
    language: Language

    @classmethod
    def open(cls) -> "CommandContext":
        """From the environment and `qm.toml`."""
        settings = read_settings()
        errors = _console(stderr=True)
        wiring = Wiring(settings, progress=lambda line: errors.print(line, markup=False))
        return cls(settings, wiring, _console(stderr=False), errors, Language(settings.language))

    def check_parts(self) -> dict[str, str]:
        """Each part and `ok`, or what is wrong with it."""
        return {
            "database": self._check(self.wiring.database.check),
            "rules": self._check(lambda: [] if self.wiring.packs else ["no packs"]),
            "weights": self._check(self._weights),
        }

    def _weights(self) -> list[str]:
        weights = CATALOGUE.get(self.settings.model)
        return faults_of(weights, self.settings.weights) if weights else []

    @staticmethod
    def _check(look: Callable[[], list[str]]) -> str:
        try:
            return "; ".join(look()) or "ok"
        except QmError as error:
            return str(error)


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
