"""One tree of errors. Codes are stable: scripts, tests and `docs/errors.md` rely on them.

The core knows nothing of exit codes or HTTP: the command line and the API map classes to theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


class QmError(Exception):
    """Base of every error that a user may meet.

    Args:
        code: stable, dotted, lower case (`recording.truncated`).
        message: what happened, in one sentence, naming the file or id.
        hint: what the reader can do about it.
        context: machine-readable details; never personal data.
    """

    def __init__(self, code: str, message: str, hint: str = "", **context: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.context: Mapping[str, object] = context

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" ({self.hint})" if self.hint else "")

    def __reduce__(self) -> "tuple[object, ...]":
        """As it goes to another process: without its constructor, since subclasses have others."""
        return QmError._again, (type(self), self.message, self.__dict__)

    @staticmethod
    def _again(kind: "type[QmError]", message: str, state: Mapping[str, object]) -> "QmError":
        error = kind.__new__(kind, message)
        error.__dict__.update(state)
        return error


class InputError(QmError):
    """Something the user gave is wrong; nothing was changed."""


class SettingsError(InputError):
    """A setting has a value that can't be used."""


class DayFolderError(InputError):
    """The day folder as a whole can't be read (a single bad row is a `Fault`, not an error)."""


class TooLongError(InputError):
    """What was sent is longer than anybody needs; it was read no further."""


class NotFoundError(InputError):
    """No such contact, evaluation, pack or form."""


class OriginError(InputError):
    """A write was sent by a page of another site; nothing was changed."""


class SignInError(InputError):
    """Nobody is signed in, or what was given to sign in doesn't do."""


class RightError(InputError):
    """Who asks may not do that."""


class ConflictError(InputError):
    """The thing has changed, or ended, since its reader looked at it; nothing was overwritten."""


class RulePackError(InputError):
    """One or more rule packs have faults; all of them are in `faults`."""

    def __init__(self, faults: "tuple[Fault, ...]") -> None:
        first = faults[0]
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        super().__init__("rules.faulty", f"{first}{more}", "run `qm rules check` for the whole list")
        self.faults = faults


class ReplayError(InputError):
    """An evaluation can't be replayed, since something its manifest names is no longer here."""


class ContactError(QmError):
    """One contact can't go on and is quarantined; the rest of the day goes on."""


class RecordingError(ContactError):
    """The recording is missing, unreadable, cut off, too short or of an unusable layout."""


class ChatError(ContactError):
    """The chat file is missing or isn't a chat."""


class RecognitionError(ContactError):
    """The engine failed on this recording; it may work on the next."""


class EngineError(QmError):
    """An engine is missing or can't start: no contact can go on."""


class WeightsError(EngineError):
    """Weights can't be had, or their bytes aren't those of the catalogue."""


class StorageError(QmError):
    """The database or the object store can't be used."""


class PassingError(StorageError):
    """Time may heal it: the database or the store was away or busy. The whole step may be done again."""


class ConnectionLostError(PassingError):
    """The connection to the database broke: of its transaction nothing stands, or all of it."""


class LeaseLostError(QmError):
    """Another worker holds this contact now, or its run was cancelled; nothing of ours was written."""


class HeldError(InputError):
    """A legal hold forbids to erase this; nothing was erased."""


class DiskFullError(StorageError):
    """No space left while writing; what was published before stays whole."""


def unknown_contact(contact_id: str) -> NotFoundError:
    """What is told of a contact that isn't there, and of one that whoever asks may not know of: the very same."""
    hint = "see `qm status` or the contacts page"
    return NotFoundError("contact.unknown", f"no contact '{contact_id}'", hint)


class ObjectMissingError(StorageError):
    """An object that the database names isn't in the store."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in one place of an input file; loaders collect them and go on.

    Attributes:
        file: path as the user knows it.
        line: 1-based; 0 where the fault concerns the whole file.
        code: stable, dotted.
        message: what is wrong.
        hint: what to do.
    """

    file: str
    line: int
    code: str
    message: str
    hint: str = ""
    context: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.code}: {self.message}" + (f" ({self.hint})" if self.hint else "")
