"""How past contacts would be answered by other rules, before those go into force. Only reads."""

from collections.abc import Callable, Sequence

from qm.analysis.compare_evaluations import FormTally
from qm.domain.contact import Contact
from qm.domain.difference import RulesDifference, Skipped
from qm.domain.evaluation import Evaluation
from qm.domain.form import Form
from qm.domain.signals import Signals
from qm.domain.transcript import Transcript
from qm.errors import QmError
from qm.ports import UnitOfWork
from qm.rules.pack import Pack
from qm.rules.scene import Thresholds
from qm.services.scoring import NO_AIDS, Aids, evaluate_all

Watch = Callable[[int, int], None]
"""Told how many contacts are done, and of how many."""
Material = tuple[Contact, Transcript, Signals]


class RuleDiffService:
    """Scores every contact of the database with two sets of packs and keeps neither."""

    def __init__(self, unit_of_work: UnitOfWork, thresholds: Thresholds, aids: Aids = NO_AIDS) -> None:
        self._unit_of_work = unit_of_work
        self._thresholds = thresholds
        self._aids = aids

    def diff(
        self, old: Sequence[Pack], new: Sequence[Pack], watch: Watch = lambda _done, _all: None
    ) -> RulesDifference:
        """The difference that `new` makes; packs of the same bytes aren't scored.

        A contact that can't be scored is named in the result, and the rest goes on.
        """
        same = {pack.id for pack in old} & {pack.id for pack in new if _is_in(pack, old)}
        before, after = ({pack.id: pack for pack in packs if pack.id not in same} for packs in (old, new))
        tallies = {name: FormTally(_form(before, name), _form(after, name)) for name in sorted({*before, *after})}
        with self._unit_of_work() as unit:
            contact_ids = [contact.id for contact in unit.contacts.every()]
        skipped = []
        for done, contact_id in enumerate(contact_ids, start=1):
            try:
                pairs = self._score(contact_id, before, after) if tallies else {}
            except QmError as error:
                skipped.append(Skipped(contact_id, error.code, error.message))
                pairs = {}
            for name, (first, second) in pairs.items():
                tallies[name].add(first, second)
            watch(done, len(contact_ids))
        forms = tuple(tally.result() for tally in tallies.values())
        return RulesDifference(len(contact_ids), tuple(skipped), tuple(sorted(same)), forms)

    def _score(
        self, contact_id: str, before: dict[str, Pack], after: dict[str, Pack]
    ) -> dict[str, tuple[Evaluation | None, Evaluation | None]]:
        """Both evaluations by form; all of them or, with an error, none."""
        with self._unit_of_work() as unit:
            material = (
                unit.contacts.get(contact_id), unit.outputs.transcript(contact_id), unit.outputs.signals(contact_id),
            )  # fmt: skip
        old, new = self._evaluations(material, before), self._evaluations(material, after)
        return {name: (old.get(name), new.get(name)) for name in sorted({*before, *after})}

    def _evaluations(self, material: Material, packs: dict[str, Pack]) -> dict[str, Evaluation]:
        made = evaluate_all(*material, list(packs.values()), self._thresholds, self._aids)
        return dict(zip(packs, made, strict=True))


def _is_in(pack: Pack, packs: Sequence[Pack]) -> bool:
    return any((other.id, other.sha256) == (pack.id, pack.sha256) for other in packs)


def _form(packs: dict[str, Pack], name: str) -> Form | None:
    return packs[name].form if name in packs else None
