"""A worker as a Ray actor: it holds its model for as long as it lives, and takes its work from the database."""

import signal
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.executors.seat import Build, Report, Seat
from pipelines.identity import host_name
from pipelines.stopping import Stop, StopRequest
from qm import __version__
from qm.config import Settings, read_settings
from qm.errors import EngineError, QmError, StorageError

if TYPE_CHECKING:
    from pipelines.wiring import Wiring

OF_THE_HOST = (
    "data", "database_password_file", "s3_secret_file", "s3_ca_file", "vocabulary", "voc", "retention",
    "generative_key_file", "device", "precision", "offline", "cache_mb",
)  # fmt: skip
"""Settings that an actor takes from its own host's environment where they're set there: places, secrets, processors."""


@dataclass(frozen=True)
class Site:
    """What all hosts of a site must have in common, as the one that starts the actors has it.

    Attributes:
        sample: an object of the store; empty where it has none yet.
        host: whose database and objects are meant, where they are files.
    """

    version: str
    sample: str
    host: str


class RaySeat:
    """What Ray keeps alive on some host. One method works, the others are heard meanwhile."""

    def __init__(self, build: Build, site: Site) -> None:
        self._build = build
        self._site = site
        self._stop = Stop()
        self._seat: Seat | None = None

    def ready(self) -> tuple[str, str]:
        """Take the seat, weights and all; id of the worker and name of its host.

        What fails here is told as it is: of a fault in a constructor, Ray only tells that it was one.

        Raises:
            QmError: this host can't be of use.
        """
        build = replace(self._build, settings=settings_here(self._build.settings, read_settings()))
        check_reach(build.settings, self._site, host_name())
        seat = Seat(build, self._stop)
        try:
            check_site(self._site, site_of(seat.wiring, self._site.sample))
        except QmError:
            seat.close()
            raise
        self._seat = seat
        return seat.worker.id, host_name()

    def step(self, scope: Collection[str]) -> Report:
        """One group.

        Raises:
            QmError: as the worker's step.
        """
        assert self._seat
        return self._seat.step(scope)

    def stop(self) -> None:
        """Give back what is held and leave. Recognition may still run: what it would publish is refused from now on."""
        with suppress(StopRequest):
            self._stop.ask(signal.SIGTERM)
        if self._seat is not None:
            self._seat.leave()


def settings_here(sent: Settings, here: Settings) -> Settings:
    """The settings of the site with this host's own places, secrets and processors."""
    own = {name: getattr(here, name) for name in OF_THE_HOST if here.origins[name] != "default"}
    return replace(sent, **own)


def check_reach(settings: Settings, site: Site, host: str) -> None:
    """Refuse where what is meant is a file of another host.

    Raises:
        StorageError: `executor.local_database`.
    """
    if host != site.host and settings.database_url.startswith("sqlite"):
        message = f"the database is a file of host {_name(site.host)}: {_name(host)} can't work on it"
        hint = "set QM_DATABASE_URL to a PostgreSQL that all hosts reach, or use one host"
        raise StorageError("executor.local_database", message, hint)


def check_site(site: Site, here: Site) -> None:
    """Refuse to work where this host would do otherwise than the others.

    Raises:
        EngineError: `worker.version`, `executor.other_rules`.
        StorageError: `executor.objects_apart`.
    """
    at = _name(here.host)
    if here.version != site.version:
        message = f"{at} has version {here.version}, the site {site.version}"
        raise EngineError("worker.version", message, f"install version {site.version} on {at}")
    if here.sample != site.sample:
        message = f"{at} doesn't see the objects of {_name(site.host)}"
        hint = "QM_OBJECTS=s3://…, or a folder that is mounted in the same place on every host"
        raise StorageError("executor.objects_apart", message, hint)


def site_of(wiring: "Wiring", sample: str | None = None) -> Site:
    """This host, as it is.

    Args:
        sample: an object to look for; `None`: any that is there.
    """
    if sample is None:
        first = next(iter(wiring.objects.every()), None)
        sample = first.sha256 if first else ""
    elif sample and not wiring.objects.has(sample):
        sample = ""
    return Site(__version__, sample, host_name())


def _name(host: str) -> str:
    return host.partition("#")[0]
