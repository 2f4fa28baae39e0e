"""What an administrator sees of a command that runs for long: logs, metrics, traces, while it lasts."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.wiring import Wiring
from qm.operations.start import start_operations, stop_operations
from qm.storage.site_watch import SiteWatch


@contextmanager
def operated(wiring: Wiring, service: str) -> Iterator[None]:
    """Log lines, the metrics port and traces, as the settings have them."""
    settings = wiring.settings
    watch = SiteWatch(wiring.database, wiring.objects, settings.lease_s)
    server = start_operations(settings, service, watch.gauges, lambda: dict(watch.ready().parts))
    try:
        yield
    finally:
        stop_operations(server)
