"""What a stage is: needs, run, publish. The runner knows nothing else about it."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

from qm.errors import ContactError, ObjectMissingError
from qm.ports import ObjectStore, Unit

SHORT_WORDS, SHORT_TURNS = 2000, 150
"""What a stage works on in an instant; a call of a quarter of an hour has as much."""

Needs = TypeVar("Needs")
Output = TypeVar("Output")


class Stage(Protocol[Needs, Output]):
    """One step of a contact's way. Done means: its output stands under the fingerprint it would have now."""

    name: str

    def fingerprint(self, unit: Unit, contact_id: str) -> str:
        """Over the parents' fingerprints, the stage's version and the settings that matter. Must be cheap."""
        ...

    def needs(self, unit: Unit, contact_id: str) -> Needs:
        """Read what `run` takes."""
        ...

    def run(self, needs: Needs) -> Output:
        """Compute; touches no database.

        Raises:
            ContactError: this contact can't go on.
        """
        ...

    def publish(self, unit: Unit, contact_id: str, output: Output) -> None:
        """Write the output, inside the runner's transaction."""
        ...


@runtime_checkable
class WarmStage(Protocol):
    """A stage that has something to make once a process, for which no contact shall wait."""

    def warm_up(self) -> None:
        """Make it; harmless when repeated."""
        ...


@runtime_checkable
class QuickStage(Protocol):
    """A stage that often computes for a tenth of a second at most, and then waits for nothing."""

    def is_quick(self, needs: object) -> bool:
        """Whether it may be done in the transaction that publishes the stage before, where nobody waits for that."""
        ...

    def is_instant(self, needs: object) -> bool:
        """Whether it may be done so even where everybody else who writes waits: some milliseconds."""
        ...


@runtime_checkable
class TogetherStage(Protocol):
    """A stage that does several contacts at once faster than one after the other, with the same outputs."""

    name: str

    def run_together(self, needs: Sequence[object]) -> Sequence[object | ContactError]:
        """The output of each, or why that contact can't go on."""
        ...


def parent(unit: Unit, contact_id: str, stage: str) -> str:
    """Fingerprint of a parent's output; empty where it doesn't stand."""
    return unit.work.published(contact_id, stage) or ""


@contextmanager
def stored_file(objects: ObjectStore, sha256: str) -> Iterator[Path]:
    """A local file with the bytes of an object, for the length of the block.

    Raises:
        ContactError: it's lost or altered; no other contact is the worse for it.
        StorageError: the store can't be used.
    """
    with ExitStack() as stack:
        try:
            path = stack.enter_context(objects.local(sha256))
        except ObjectMissingError as error:
            raise ContactError(error.code, error.message, error.hint) from error
        yield path
