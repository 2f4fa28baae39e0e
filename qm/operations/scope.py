"""One contact's work: its ids in every log line written meanwhile, and a span round it."""

from collections.abc import Iterator
from contextlib import contextmanager

from qm.operations.logs import log
from qm.operations.traces import span


@contextmanager
def working_on(contact_id: str, run_id: str) -> Iterator[None]:
    """Lines and spans inside the block are about this contact.

    Args:
        run_id: empty for what belongs to no run.
    """
    ids = {"contact": contact_id} | ({"run": run_id} if run_id else {})
    with log.bound(**ids), span("contact", **ids):
        yield
