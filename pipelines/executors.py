"""How contacts are worked through. The stages don't know."""

from collections.abc import Callable, Iterator, Sequence

from pipelines.runner import Outcome

Work = Callable[[Sequence[str]], Iterator[tuple[str, Outcome]]]


class InProcessExecutor:
    """Group after group in this process: recognition itself uses all cores.

    Args:
        group: contacts that are recognised together; what a killed run may have to do again.
    """

    def __init__(self, group: int = 8) -> None:
        self._group = group

    def map(self, work: Work, contact_ids: Sequence[str]) -> Iterator[tuple[str, Outcome]]:
        """Outcomes in the order given."""
        for at in range(0, len(contact_ids), self._group):
            yield from work(contact_ids[at : at + self._group])
