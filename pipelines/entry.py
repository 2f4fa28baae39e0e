"""Where `qm` starts: loading the libraries takes seconds, and Ctrl-C in them must not print a traceback."""

import sys


def main() -> None:
    """Load and run the command line."""
    try:
        from pipelines.cli import main as run
    except KeyboardInterrupt:
        print("stopped before anything was done", file=sys.stderr)  # noqa: T201
        sys.exit(130)
    run()
