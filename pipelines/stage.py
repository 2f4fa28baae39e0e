"""What a stage is: needs, run, publish. The runner knows nothing else about it."""

from collections.abc import Sequence
from typing import Protocol, TypeVar, runtime_checkable

from qm.errors import ContactError
from qm.ports import Unit

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
class TogetherStage(Protocol):
    """A stage that does several contacts at once faster than one after the other, with the same outputs."""

    name: str

    def run_together(self, needs: Sequence[object]) -> Sequence[object | ContactError]:
        """The output of each, or why that contact can't go on."""
        ...


def parent(unit: Unit, contact_id: str, stage: str) -> str:
    """Fingerprint of a parent's output; empty where it doesn't stand."""
    return unit.work.published(contact_id, stage) or ""
