"""Which forms are in use: a published version that answered a contact changes no more."""

from collections import Counter

from qm.ports import UnitOfWork


class FormService:
    """Counts what rests on forms."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    def uses(self) -> dict[tuple[str, str], int]:
        """Number of evaluations by form and version."""
        with self._unit_of_work() as unit:
            return dict(Counter((one.form_id, one.form_version) for one in unit.evaluations.every()))
