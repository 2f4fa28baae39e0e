"""How many requests a minute are answered: to one person, one token or, where nobody is known, one address.

Counted in the memory of this process: with several, each answers as many. Whose key a request carries is known once the
key has opened something; a key that opens nothing is counted by the address it comes from, however many are invented.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api import envelopes
from api.hosts import FOR_MACHINES
from api.people.place import place_of
from api.people.principal import given_key
from api.schemas.errors import ErrorBody
from api.security import STATIC_PREFIX
from qm.domain.sign_in import hash_of

WINDOW_S = 60.0
MOST = 20_000
"""Counters kept; the one that was asked longest ago goes first. About 200 bytes each."""


@dataclass
class _Count:
    """Requests in this minute and in the one before."""

    began_s: float
    now: int = 0
    before: int = 0


@dataclass
class RateCounter:
    """Counts by name over a minute that moves: what the minute before counts fades evenly.

    After the usual sliding-window counter: it keeps three numbers a name, and errs only where the requests of the
    minute before came unevenly.

    Attributes:
        most: requests a minute.
        names: counters kept.
    """

    most: int
    names: int = MOST
    _counts: "OrderedDict[str, _Count]" = field(default_factory=OrderedDict)

    def take(self, name: str, now_s: float) -> float:
        """Count one request.

        Returns:
            Seconds until the next one would be answered; 0 where this one is. One that isn't doesn't count.
        """
        count = self._counts.get(name)
        if count is None:
            count = self._counts[name] = _Count(now_s)
            if len(self._counts) > self.names:
                self._counts.popitem(last=False)
        self._counts.move_to_end(name)
        passed = int((now_s - count.began_s) // WINDOW_S)
        if passed:
            count.before, count.now = (count.now if passed == 1 else 0), 0
            count.began_s += passed * WINDOW_S
        share = 1 - (now_s - count.began_s) / WINDOW_S
        if count.before * share + count.now + 1 <= self.most:
            count.now += 1
            return 0.0
        return self._wait_s(count, now_s)

    def _wait_s(self, count: _Count, now_s: float) -> float:
        room, fading, start_s = self.most - 1 - count.now, count.before, count.began_s
        if room < 0:
            room, fading, start_s = self.most - 1, count.now, count.began_s + WINDOW_S
        return max(start_s + WINDOW_S * (1 - room / fading) - now_s, 0.001)

    def __len__(self) -> int:
        return len(self._counts)


class RateLimiter:
    """Counts people and addresses apart, so that a crowd of addresses pushes no person's count out."""

    def __init__(self, most: int, clock_s: Callable[[], float]) -> None:
        self._people, self._places = RateCounter(most), RateCounter(most)
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._clock_s, self._lock = clock_s, Lock()

    def take(self, key: str, place: str) -> float:
        """Count a request that carries a key; seconds to wait, 0 where it's answered."""
        with self._lock:
            owner = self._owners.get(hash_of(key)) if key else None
            counter, name = (self._people, owner) if owner else (self._places, place)
            return counter.take(name, self._clock_s())

    def learn(self, key: str, owner: str) -> None:
        """A key opened something: whose it is."""
        with self._lock:
            sha256 = hash_of(key)
            self._owners[sha256] = owner
            self._owners.move_to_end(sha256)
            if len(self._owners) > MOST:
                self._owners.popitem(last=False)

    def forget(self, key: str) -> None:
        """It opens nothing any more."""
        with self._lock:
            self._owners.pop(hash_of(key), None)


class RateLimit:
    """Round the routes. Pure ASGI, so files still stream. Pages' own files and what machines ask aren't counted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(STATIC_PREFIX) or scope["path"] in FOR_MACHINES:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        limiter: RateLimiter = scope["app"].state.limiter
        wait_s = math.ceil(limiter.take(given_key(request), place_of(request)))
        if not wait_s:
            await self._app(scope, receive, send)
            return
        message = "more requests than are answered in a minute"
        body = ErrorBody(code="request.too_many", message=message, hint=f"try again in {wait_s} s")
        response = envelopes.respond(request, 429, body)
        response.headers["Retry-After"] = str(wait_s)
        await response(scope, receive, send)
