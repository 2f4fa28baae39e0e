"""Begin and end of what an administrator sees of a process that runs for long: logs, traces, its own metrics port."""

import qm
from qm.config import Settings
from qm.operations.logs import configure_logs, log
from qm.operations.metrics import Gauges
from qm.operations.metrics_server import MetricsServer, Ready
from qm.operations.traces import close_traces, configure_traces

SERVICE = "quality-equation"


def start_logs(settings: Settings) -> None:
    """Log lines as the settings have them."""
    configure_logs(settings.log, settings.log_level)


def command_level(settings: Settings) -> str:
    """Least level for a command, which prints what it has to say itself: warnings, unless the settings name one."""
    return "warning" if settings.origins["log_level"] == "default" else settings.log_level


def start_helper(settings: Settings, level: str) -> None:
    """Logs and traces of a process or actor that works for another one; its metrics go there with its results.

    Args:
        level: least level of log lines in the process that started it.

    Raises:
        SettingsError: `QM_TRACES` isn't an address.
        EngineError: traces are wanted but OpenTelemetry isn't installed.
    """
    configure_logs(settings.log, level)
    configure_traces(settings.traces, f"{SERVICE}-worker", qm.__version__)


def start_operations(settings: Settings, service: str, gauges: Gauges, ready: Ready) -> MetricsServer | None:
    """Logs, traces, and the metrics port where the settings name one.

    Args:
        service: what the process is called in traces: `worker`, `schedule`, `api`.
        gauges: read whenever somebody asks for metrics.
        ready: asked for `/readyz`.

    Raises:
        SettingsError: the port is taken, or `QM_TRACES` isn't an address.
        EngineError: traces are wanted but OpenTelemetry isn't installed.
    """
    # For people, such a command prints a line a contact by itself: the log adds what isn't as it should be.
    configure_logs(settings.log, command_level(settings) if settings.log == "text" else settings.log_level)
    configure_traces(settings.traces, f"{SERVICE}-{service}", qm.__version__)
    if not settings.metrics_port:
        return None
    server = MetricsServer(settings.host, settings.metrics_port, gauges, ready)
    log.info("metrics.listening", address=f"http://{settings.host}:{server.port}/metrics")
    return server


def stop_operations(server: MetricsServer | None) -> None:
    """Send the traces that wait, and close the port."""
    close_traces()
    if server is not None:
        server.close()
