"""A site that is made once and measured again: after a change, on the same rows."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.servers import fresh_settings, upgraded_settings
from benchmarks.workbench_site import MadeSite, make_site
from qm.config import Settings
from qm.errors import InputError

if TYPE_CHECKING:
    from tests.postgres_server import PostgresServer

MADE = "made.json"
OWN = {"isolate": False, "language": "it"}


def site_in(
    root: Path, settings: Settings, server: "PostgresServer | None", contacts: int, turns: int
) -> tuple[Settings, MadeSite]:
    """The site in this folder, or a new one.

    Raises:
        InputError: there is one of another size, or one that wasn't finished.
    """
    data = root / "data"
    if not data.exists():
        return _make(root, settings, server, contacts, turns)
    if not (root / MADE).exists():
        raise InputError("bench.site", f"the site in {root} wasn't finished", "delete the folder, and it's made anew")
    known = json.loads((root / MADE).read_text(encoding="utf-8"))
    made = MadeSite(**known["made"])
    if (made.contacts, made.turns) != (contacts, contacts * turns):
        message = f"the site in {root} has {made.contacts} contacts and {made.turns} turns"
        raise InputError("bench.site", message, "ask for as many, or name another folder")
    url = server.url(known["database"]) if server else f"sqlite:///{data / 'quality.db'}"
    return upgraded_settings(settings, data, url, **OWN), made


def _make(
    root: Path, settings: Settings, server: "PostgresServer | None", contacts: int, turns: int
) -> tuple[Settings, MadeSite]:
    own = fresh_settings(settings, root / "data", server, **OWN)
    made = make_site(own, root, contacts, turns)
    known = {"made": asdict(made), "database": own.database_url.rpartition("/")[2]}
    (root / MADE).write_text(json.dumps(known), encoding="utf-8")
    return own, made
