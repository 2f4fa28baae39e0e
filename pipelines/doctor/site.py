"""Looks of `qm doctor` at what this host shares with others: database, objects, workers, Ray, the traces' collector."""

import errno
import os
import secrets
import socket
import time
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import qm
from pipelines.doctor.finding import Finding, Health
from pipelines.doctor.host import user_name
from pipelines.doctor.words import told
from pipelines.wiring import Wiring
from qm.config import Settings
from qm.domain.text import Language
from qm.domain.work import OPEN, WorkerRow
from qm.storage.site_state import read_site_state
from qm.storage.site_watch import HEARTBEATS_MISSED
from qm.units import Seconds

SKEW_S = 5.0
"""More is told: people would wonder about moments; what would break is far beyond (S3: 15 minutes)."""
TIMEOUT_S = 5.0
TRIAL_BYTES = 64


def look_at_database(wiring: Wiring, language: Language) -> Iterator[Finding]:
    """Reached, of this version's schema, can be written; whose clock differs.

    Raises:
        StorageError: the first of these that isn't so.
    """
    database = wiring.database
    database.require_schema()
    with database.unit_of_work() as unit:
        began, now_s, ended = time.time(), unit.tasks.now(), time.time()
        # A worker that comes and goes in one transaction: nobody sees it, but a database that only reads refuses it.
        trial = WorkerRow(
            f"doctor/{os.getpid()}", socket.gethostname(), os.getpid(), qm.__version__, "idle", "", now_s, now_s
        )
        unit.tasks.greet(trial)
        unit.tasks.leave(trial.id)
        dialect = unit.connection.dialect
        version = ".".join(str(part) for part in dialect.server_version_info or ())
    server = f"{'PostgreSQL' if dialect.name == 'postgresql' else 'SQLite'} {version}"
    yield Finding("database", Health.OK, told("database", language, server=server), told("look_closer", language))
    yield from _skew("database", server, now_s - (began + ended) / 2, language)


def look_at_objects(wiring: Wiring, language: Language) -> Iterator[Finding]:
    """Reached, and a trial object comes back as it was written.

    Raises:
        StorageError: it can't be reached or used.
    """
    objects, place = wiring.objects, str(wiring.settings.objects)
    objects.check()
    written = b"qm doctor " + secrets.token_bytes(TRIAL_BYTES)
    name = objects.put(BytesIO(written))
    with objects.open(name) as parts:
        read = b"".join(parts)
    objects.erase(name)
    if read == written:
        yield Finding("objects", Health.OK, told("objects", language, place=place))
    else:
        hint = told("objects_differ_hint", language)
        yield Finding("objects", Health.FAULT, told("objects_differ", language, place=place), hint)
    if wiring.settings.s3_endpoint:
        yield from _store_clock(wiring.settings, language)


def _store_clock(settings: Settings, language: Language) -> Iterator[Finding]:
    """The store's clock, by the date of any answer of its."""
    address = urlsplit(settings.s3_endpoint)
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=TIMEOUT_S)
    try:
        began = time.time()
        connection.request("HEAD", "/")
        date = connection.getresponse().headers.get("Date")
        here = (began + time.time()) / 2
        if date:
            # The header has whole seconds, cut off: half a second is its mean error.
            there = parsedate_to_datetime(date).replace(tzinfo=UTC).timestamp() + 0.5
            yield from _skew("objects", settings.s3_endpoint, there - here, language)
    except (OSError, HTTPException, ValueError):
        return  # not trusted by the system's certificates, or no date: `check` has already said what matters
    finally:
        connection.close()


def look_at_workers(wiring: Wiring, language: Language) -> Iterator[Finding]:
    """Who was heard of lately, of which version, and whether somebody waits in vain.

    Raises:
        StorageError: the database can't be read.
    """
    fresh_s: Seconds = HEARTBEATS_MISSED * wiring.settings.lease_s
    state = read_site_state(wiring.database, fresh_s)
    with wiring.database.reading() as unit:
        since = unit.tasks.now() - fresh_s
        present = [worker for worker in unit.tasks.workers() if worker.seen_s >= since]
    waiting = sum(state.tasks.get(each.value, 0) for each in OPEN)
    if waiting and not present:
        message = told("nobody_works", language, waiting=waiting, seconds=fresh_s)
        yield Finding("workers", Health.NOTE, message, told("nobody_works_hint", language))
    else:
        yield Finding("workers", Health.OK, told("workers", language, n=len(present), waiting=waiting))
    for worker in present:
        if worker.version != qm.__version__:
            message = told("other_version", language, host=worker.host, version=worker.version, here=qm.__version__)
            yield Finding("workers", Health.NOTE, message, told("other_version_hint", language, host=worker.host))


def look_at_addresses(settings: Settings, language: Language) -> Iterator[Finding]:
    """Does something listen where settings say so; the traces' collector may be away without harm."""
    traces = urlsplit(settings.traces)
    if settings.traces:
        port = traces.port or (443 if traces.scheme == "https" else 80)
        yield _reached("traces", "QM_TRACES", traces.hostname or "", port, Health.NOTE, language)
    host, colon, port_text = settings.ray_address.removeprefix("ray://").rpartition(":")
    if settings.executor == "ray" and colon and port_text.isdecimal():
        yield _reached("ray", "QM_RAY_ADDRESS", host, int(port_text), Health.FAULT, language)


def look_at_watched(settings: Settings, language: Language) -> Iterator[Finding]:
    """The folder in which days arrive."""
    if settings.watch and not settings.watch.startswith("s3://"):
        if os.access(settings.watch, os.R_OK | os.X_OK) and Path(settings.watch).is_dir():
            yield Finding("watch", Health.OK, told("watched", language, place=settings.watch))
        else:
            reason = os.strerror(errno.EACCES if Path(settings.watch).exists() else errno.ENOENT)
            message = told("unreadable", language, place=settings.watch, reason=reason)
            yield Finding("watch", Health.FAULT, message, told("unreadable_hint", language, user=user_name()))


def _reached(part: str, setting: str, host: str, port: int, health: Health, language: Language) -> Finding:
    place = f"{host}:{port}"
    try:
        socket.create_connection((host, port), timeout=TIMEOUT_S).close()
    except OSError as error:
        message = told("unreachable", language, setting=setting, place=place, reason=error.strerror or error)
        return Finding(part, health, message, told("unreachable_hint", language, setting=setting))
    return Finding(part, Health.OK, told("reachable", language, place=place))


def _skew(part: str, peer: str, seconds: float, language: Language) -> Iterator[Finding]:
    if abs(seconds) > SKEW_S:
        message = told("clock", language, peer=peer, seconds=seconds)
        yield Finding(part, Health.NOTE, message, told("clock_hint", language))
