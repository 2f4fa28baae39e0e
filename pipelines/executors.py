"""How contacts are worked through. The stages don't know."""

from collections.abc import Callable, Iterable, Iterator

from pipelines.runner import Outcome


class InProcessExecutor:
    """One contact after the other in this process: recognition itself uses all cores."""

    def map(self, work: Callable[[str], Outcome], contact_ids: Iterable[str]) -> Iterator[tuple[str, Outcome]]:
        """Outcomes in the order given."""
        for contact_id in contact_ids:
            yield contact_id, work(contact_id)
