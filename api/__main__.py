"""`python -m api`: the pages without the command line, for an image that holds no recogniser.

The database must be there already (`qm db upgrade`): several of these processes may start at once.
"""

import sys

from api.wiring import Services
from qm.config import Settings, read_settings
from qm.errors import EngineError, QmError, StorageError
from qm.operations.first_start import tell_first_admin
from qm.operations.serve import serve


def main() -> None:
    """Read the settings and serve; a fault ends with one line and the exit codes of `qm`."""
    from api.app import create_app

    try:
        settings = read_settings()
        app = create_app(settings)
        serve(app, settings, settings.port, lambda: _tell_first_admin(app.state.services, settings))
    except QmError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(3 if isinstance(error, EngineError | StorageError) else 2)


def _tell_first_admin(services: Services, settings: Settings) -> None:
    """Ask for the first password; a database that isn't ready is `/readyz`'s to tell."""
    try:
        tell_first_admin(services.people, settings, settings.port)
    except StorageError:
        return


if __name__ == "__main__":
    main()
