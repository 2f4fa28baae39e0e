"""`python -m api`: the pages without the command line, for an image that holds no recogniser.

The database must be there already (`qm db upgrade`): several of these processes may start at once.
"""

import sys

from qm.config import read_settings
from qm.errors import EngineError, QmError, StorageError
from qm.operations.serve import serve


def main() -> None:
    """Read the settings and serve; a fault ends with one line and the exit codes of `qm`."""
    from api.app import create_app

    try:
        settings = read_settings()
        serve(create_app(settings), settings, settings.port)
    except QmError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(3 if isinstance(error, EngineError | StorageError) else 2)


if __name__ == "__main__":
    main()
