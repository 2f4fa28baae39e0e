"""What follows once all contacts of a run are done, step by step; each may be done twice."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pipelines.search_wiring import make_index, make_saved_searches
from qm.errors import StorageError
from qm.operations.logs import log

if TYPE_CHECKING:
    from pipelines.wiring import Wiring


def end_steps(wiring: "Wiring") -> Mapping[str, Callable[[], object]]:
    """The steps by name, in the order in which one needs the other."""

    def anchor() -> None:
        try:
            wiring.audit.anchor()
        except StorageError as error:  # the chain itself is whole; only the note of its head beside it is missing
            log.warning("audit.not_anchored", code=error.code, hint=error.hint)

    return {
        "links": wiring.surveys.link_all,
        "cases": wiring.cases.open_all,
        "coaching": wiring.coaching_picker.refresh,
        "sessions": wiring.coaching_sessions.watch,
        "search": lambda: make_index(wiring).catch_up(),
        "alerts": lambda: make_saved_searches(wiring).look(),
        "figures": wiring.cells.catch_up,
        "anchor": anchor,
    }
