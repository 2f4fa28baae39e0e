"""Who gives a command, for the audit trail."""

import os
import pwd


def login_name() -> str:
    """The name under which the system knows who runs this process; the number where it has no name (in a container)."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"uid {os.geteuid()}"
