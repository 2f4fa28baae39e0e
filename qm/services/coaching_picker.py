"""The coaching list is made anew from all done contacts, or from those of a few agents."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from qm.analysis.pick_coaching import PERIOD, Ground, contested_in_vain, pick_for_agent, with_people
from qm.domain.coaching import CoachingItem
from qm.domain.evaluation import Evaluation
from qm.domain.form import Form
from qm.domain.people import WHOLE
from qm.ports import Unit, UnitOfWork
from qm.services.surveys import is_unhappy


class CoachingPicker:
    """Makes the list.

    Args:
        most: items an agent at most.
    """

    def __init__(self, unit_of_work: UnitOfWork, reading: UnitOfWork, forms: Mapping[str, Form], most: int) -> None:
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._forms = forms
        self._most = most

    def refresh(self, touched: Collection[str] | None = None) -> tuple[CoachingItem, ...]:
        """Pick the items anew and put them in the place of the old ones.

        Nobody waits while they are picked. What was made anew or erased meanwhile is left out until the next time;
        where two pick at once, the list is of who ends last.

        Args:
            touched: contacts whose agents' items are picked; `None`: those of all agents.
        """
        if touched is not None and not touched:
            return ()
        with self._reading() as unit:
            newest = unit.coaching.newest()
            agents = newest.keys() if touched is None else _agents_of(unit, touched)
            ground = Ground(self._forms, _unhappy(unit), contested_in_vain(unit.disputes.decided()), self._most)
            picked = [item for agent_id in sorted(agents & newest.keys())
                      for item in self._picked(unit, agent_id, newest[agent_id], ground)]  # fmt: skip
            seen = unit.work.marks({item.contact_id for item in picked})
        with self._unit_of_work() as unit:
            unit.lock("coaching")
            marks = unit.work.marks(seen.keys())
            items = tuple(item for item in picked if marks[item.contact_id] == seen[item.contact_id])
            unit.coaching.replace(items, None if touched is None else agents)
        return items

    def unhappy(self) -> frozenset[str]:
        """Contacts that the customer rated low: what is missed in them weighs more."""
        with self._reading() as unit:
            return _unhappy(unit)

    def _picked(self, unit: Unit, agent_id: str, newest_s: float, ground: Ground) -> Sequence[CoachingItem]:
        """Of one agent, in the period that ends with their newest contact that counts.

        A contact with a wrong date far ahead empties nobody else's list.
        """

        def read(ids: Sequence[str]) -> Iterator[Evaluation]:
            people = unit.evaluations.counted(ids)
            return (with_people(each, people.get(each.id, {})) for each in unit.evaluations.some(ids))

        told = unit.coaching.told(agent_id, newest_s - PERIOD.total_seconds(), self._forms.keys())
        return pick_for_agent(agent_id, told, read, ground)


def _agents_of(unit: Unit, contact_ids: Collection[str]) -> frozenset[str]:
    return frozenset(contact.agent.id for contact in unit.contacts.some(contact_ids, WHOLE).values())


def _unhappy(unit: Unit) -> frozenset[str]:
    unhappy = {response.id for response in unit.surveys.every() if is_unhappy(response)}
    return frozenset(
        link.contact_id for link in unit.surveys.links() if link.contact_id and link.response_id in unhappy
    )
