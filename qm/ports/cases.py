"""What detractor cases ask of the store."""

from typing import Protocol

from qm.domain.case import Case


class CaseStore(Protocol):
    """Cases, each written only over the version that its writer saw."""

    def save(self, case: Case, seen: int) -> None:
        """Insert a case, or put it in the place of version `seen` (0: it's new).

        Raises:
            ConflictError: there is another version by now; nothing was written.
        """
        ...

    def get(self, case_id: str) -> Case:
        """One case.

        Raises:
            NotFoundError: no such case; the hint names one with nearly that id.
        """
        ...

    def unfinished(self) -> tuple[Case, ...]:
        """Cases that aren't closed, the most urgent first."""
        ...

    def every(self) -> tuple[Case, ...]:
        """All cases by id."""
        ...
