"""What keeps trained answers: artefacts that can't change unseen, and where each criterion stands."""

from collections.abc import Mapping
from typing import Protocol

from qm.domain.trained_answers import Standing


class AnswerStore(Protocol):
    """Artefacts by criterion and hash; the hash is of their manifest, which names each file's hash."""

    def put(self, criterion_id: str, files: Mapping[str, bytes]) -> str:
        """Keep the files of one artefact, whole or not at all; returns its SHA-256.

        Raises:
            DiskFullError: no space left.
            StorageError: can't be written.
        """
        ...

    def get(self, criterion_id: str, sha256: str) -> Mapping[str, bytes]:
        """The files of an artefact, every byte checked.

        Raises:
            EngineError: damaged, changed, or not there.
        """
        ...

    def standings(self) -> tuple[Standing, ...]:
        """Where every trained criterion stands, by criterion.

        Raises:
            EngineError: one of them is damaged.
        """
        ...

    def stand(self, standing: Standing) -> None:
        """Note where a criterion stands, in place of what was noted before.

        Raises:
            DiskFullError: no space left.
            StorageError: can't be written.
        """
        ...
